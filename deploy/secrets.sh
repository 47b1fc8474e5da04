#!/bin/sh
# Makes what the services prove themselves with, once: passwords of the database's roles and of Kafka's users, and an authority that signs the
# certificates of Kafka's broker and of its administrator. Needs openssl.
#
#   sh deploy/secrets.sh [FOLDER]    FOLDER is ./secrets, which git ignores
#
# What is there stays: run it again after an upgrade for what is new, or delete a file first to have another in its place (docs/security.md).
# The folder is its owner's alone. The files in it can be read by all who get that far: a container is given single files, under a user of its own.
set -eu
umask 022
folder=${1:-secrets}
days=825
mkdir -p "$folder/database" "$folder/kafka" "$folder/cameras"
chmod 700 "$folder"
cd "$folder"

password() {
    [ -s "$1" ] || openssl rand -hex 24 > "$1"
}

# NAME, distinguished name, extensions: NAME.pem with the certificate and its key.
certificate() {
    [ -s "kafka/$1.pem" ] && return
    openssl req -new -newkey rsa:3072 -nodes -subj "$2" -keyout "kafka/$1.key" -out "kafka/$1.csr" 2> /dev/null
    printf '%s\n' "basicConstraints=critical,CA:FALSE" "subjectKeyIdentifier=hash" "authorityKeyIdentifier=keyid" "$3" > "kafka/$1.ext"
    openssl x509 -req -in "kafka/$1.csr" -CA kafka/ca.pem -CAkey kafka/ca.key -CAcreateserial -days "$days" -sha256 -extfile "kafka/$1.ext" \
        -out "kafka/$1.crt" 2> /dev/null
    cat "kafka/$1.key" "kafka/$1.crt" > "kafka/$1.pem"
    rm "kafka/$1.csr" "kafka/$1.ext" "kafka/$1.key" "kafka/$1.crt"
}

# `ioc` is the database's superuser, as which migrations run; the others are the roles of ioc/db/roles.toml.
for role in ioc ioc_owner ioc_sink ioc_live ioc_web ioc_alerts ioc_relay ioc_cameras ioc_pull ioc_simulators; do
    password "database/$role"
done
for user in ioc_owner ioc_sink ioc_web ioc_alerts ioc_relay ioc_cameras ioc_pull ioc_simulators; do
    password "kafka/$user"
done

# What seals second steps, webhooks' secrets and contacts (IOC_KEYS). Keep a copy of it, and not where the database's copies lie.
[ -s keys ] || openssl rand -base64 32 > keys

if [ ! -s kafka/ca.pem ]; then
    openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -subj "/CN=IOC Kafka authority" -keyout kafka/ca.key -out kafka/ca.pem \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" 2> /dev/null
fi
certificate broker "/CN=kafka" "extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:kafka,DNS:localhost,IP:127.0.0.1"
certificate admin "/CN=ioc_admin" "extendedKeyUsage=clientAuth"
rm -f kafka/ca.srl
chmod 600 kafka/ca.key
