#!/bin/sh
# Make the broker's authority, and a certificate for each gateway, whose common name is its home's id.
#   sh deploy/mosquitto/certificates.sh authority HOST      once; HOST is the name gateways connect to
#   sh deploy/mosquitto/certificates.sh gateway HOME_ID     for each home; give its .crt and .key to the gateway
#   sh deploy/mosquitto/certificates.sh revoke HOME_ID      then send the broker a SIGHUP
# Everything is kept in deploy/mosquitto/certs, or in the folder that CERTS names; the broker sees its folder
# `broker` only. Keep ca.key elsewhere.
set -eu
umask 077
case "${1:-}:${2:-}" in authority:?* | gateway:?* | revoke:?*) ;; *) sed -n '2,7s/^# //p' "$0" >&2 && exit 2 ;; esac
certs=${CERTS:-$(dirname "$0")/certs}
mkdir -p "$certs"
cd "$certs"

configure() {
    [ -e index.txt ] || { : >index.txt; echo 1000 >serial; echo 1000 >crlnumber; }
    cat >ca.cnf <<'END'
[ca]
default_ca = dolbom
[dolbom]
database = index.txt
serial = serial
crlnumber = crlnumber
new_certs_dir = .
certificate = ca.crt
private_key = ca.key
default_md = sha256
default_days = 825
default_crl_days = 3650
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
END
}

request() { # NAME COMMON_NAME
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$2" 2>/dev/null
}

sign() { # NAME EXTENSIONS
    printf '%s\n' "$2" >"$1.ext"
    openssl ca -batch -notext -config ca.cnf -extfile "$1.ext" -in "$1.csr" -out "$1.crt" 2>/dev/null
    rm "$1.csr" "$1.ext"
}

revocations() {
    mkdir -p broker
    openssl ca -config ca.cnf -gencrl -out broker/revoked.pem 2>/dev/null
    cp ca.crt broker/
    # The broker's image reads these as account 1883; all else stays closed.
    chmod 755 broker
    chmod 644 broker/*.crt broker/revoked.pem
    chown 1883 broker/server.key 2>/dev/null || chmod 644 broker/server.key
}

case "$1" in
authority)
    [ ! -e ca.key ] || { echo "there is an authority already in $certs" >&2; exit 1; }
    configure
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -keyout ca.key -out ca.crt \
        -subj "/CN=dolbom authority" 2>/dev/null
    request server "$2"
    case "$2" in *[!0-9.]*) kind=DNS ;; *) kind=IP ;; esac
    sign server "subjectAltName = $kind:$2
extendedKeyUsage = serverAuth"
    mkdir -p broker
    mv server.crt server.key broker/
    revocations
    ;;
gateway)
    request "$2" "$2"
    sign "$2" "extendedKeyUsage = clientAuth"
    ;;
revoke)
    openssl ca -config ca.cnf -revoke "$2.crt" 2>/dev/null
    revocations
    ;;
esac
