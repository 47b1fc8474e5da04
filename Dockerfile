# Everything is installed from hashes. Node is a Python package of the build stage and does not reach the image.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /src
COPY requirements/demo.txt requirements/demo.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/demo.txt
COPY package.json package-lock.json ./
COPY tools tools
RUN python -m tools.browser_files
COPY pyproject.toml README.md CHANGELOG.md ./
COPY ioc ioc
COPY simulators simulators
RUN python -m hatchling build -t wheel -d /dist

FROM python:3.11.14-slim-bookworm
# Two memory arenas and one BLAS thread are enough for these processes; glibc and OpenBLAS would take more by default.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 OPENBLAS_NUM_THREADS=1
COPY requirements/runtime.txt /tmp/runtime.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/runtime.txt && rm /tmp/runtime.txt
COPY --from=build /dist /dist
RUN pip install --no-cache-dir --disable-pip-version-check --no-index --no-deps /dist/*.whl && rm -r /dist \
    && useradd --system --uid 10001 --home-dir /var/lib/ioc --create-home --shell /usr/sbin/nologin ioc
COPY deploy/healthy.py /app/healthy.py
WORKDIR /var/lib/ioc
USER 10001
ENTRYPOINT ["ioc"]
CMD ["--help"]
