/* The history on a number's page, as bars. It comes after the page: a year of months may take the database some seconds. */

const section = document.getElementById('history');

function bar(point, most, shows) {
  const item = document.createElement('li');
  const column = document.createElement('i');
  item.title = `${point.label}: ${point.text}`;
  item.toggleAttribute('data-few', point.few);
  item.toggleAttribute('data-none', point.value === null && !point.few);
  column.style.height = `${most > 0 ? (100 * Math.max(0, point.value ?? 0)) / most : 0}%`;
  item.append(column);
  if (shows) {
    const said = document.createElement('b');
    said.textContent = point.text;
    column.append(said);
    const day = document.createElement('span');
    day.textContent = point.label;
    item.append(day);
  }
  return item;
}

async function draw() {
  const { from, none, failed, few } = section.dataset;
  const status = section.querySelector('[role="status"]');
  const answer = await fetch(from, { cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) {
    status.textContent = failed;
    return;
  }
  const { points } = await answer.json();
  const known = points.filter(({ value, few: small }) => value !== null || small);
  const most = Math.max(0, ...points.map(({ value }) => value ?? 0));
  const each = Math.ceil(points.length / 15); // texts of neighbours must not touch
  status.textContent = known.length ? '' : none;
  if (known.some(point => point.few)) status.textContent = `▨ ${few}`;
  if (known.length) section.querySelector('.f-bars').replaceChildren(...points.map((point, n) => bar(point, most, (points.length - 1 - n) % each === 0)));
}

if (section) draw();
