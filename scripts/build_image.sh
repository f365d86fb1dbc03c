#!/usr/bin/env bash
# Builds the image without a Docker engine: with buildah, on a base that debootstrap makes.
#
# For a Debian machine where no daemon runs or no image registry can be reached. As root:
#
#   apt-get install buildah netavark debootstrap
#   scripts/build_image.sh
#
# With a Docker engine, `docker build .` does the same on python:3.11-slim. Parameters, as environment variables:
#
#   IMAGE          name of the image                                        (localhost/breve:VERSION)
#   BASE           image to build on, with python3 and venv; if it is set,
#                  debootstrap is not needed and the next three do nothing  (made by debootstrap)
#   SUITE          Debian release of the base                               (bookworm, which has Python 3.11)
#   MIRROR         Debian mirror                                            (http://deb.debian.org/debian)
#                  (one of a day, such as http://snapshot.debian.org/archive/debian/20261101T000000Z, makes the same base again)
#   BASE_IMAGE     name of the base that is made, and used again if there   (localhost/breve-base:SUITE)
#   BREVE_TORCH    cpu or cuda, see the Dockerfile                          (cpu)
#   BREVE_EXTRAS   the program's extras, such as otel; may be empty         (otel)
#   BUILD_OPTIONS  more options for `buildah build`, parted by spaces, such as
#                  "--volume /etc/ssl/certs:/etc/ssl/certs:ro" for a certificate of your own, or
#                  "--secret id=pip,src=pip.conf" for a package mirror
#   ISOLATION      how buildah runs its steps; chroot works inside another container too (chroot)
#
# buildah's own variables, such as STORAGE_DRIVER, count too.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' service/__init__.py)
image=${IMAGE:-localhost/breve:$version}
suite=${SUITE:-bookworm}
mirror=${MIRROR:-http://deb.debian.org/debian}
base=${BASE:-}
isolation=${ISOLATION:-chroot}

fail() {
    echo "build_image: $*" >&2
    exit 1
}

need() {
    command -v "$1" >/dev/null || fail "$1 is missing. Install it with: apt-get install $2"
}

# Makes the image named $1 from Debian packages: a minimal system with Python, venv and the usual certificates.
make_base() {
    need debootstrap debootstrap
    [ "$(id -u)" = 0 ] || fail "debootstrap needs root; or name a base image with BASE=…"
    local root container
    root=$(mktemp -d)
    # Expanded now: the variable is gone when the trap runs.
    # shellcheck disable=SC2064
    trap "rm -rf '$root'" EXIT
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates "$suite" "$root" "$mirror"
    # What apt can fetch again, and what no container reads.
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* \
        "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/locale/*
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$root" / >/dev/null
    buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --env LANG=C.UTF-8 \
        --cmd '["python3"]' "$container"
    buildah commit --quiet --rm "$container" "$1" >/dev/null
    rm -rf "$root"
}

need buildah "buildah netavark"
if [ -z "$base" ]; then
    base=${BASE_IMAGE:-localhost/breve-base:$suite}
    buildah inspect --type image "$base" >/dev/null 2>&1 || make_base "$base"
fi

# buildah asks for more open files and processes than a root inside another container may grant: ask for what there is.
limit() {
    local hard
    hard=$(ulimit -H "$1")
    [ "$hard" != unlimited ] || hard=-1
    echo "$hard:$hard"
}

# The docker format, because the OCI format has no health check.
# shellcheck disable=SC2086
buildah build --isolation "$isolation" --format docker \
    --ulimit nofile="$(limit -n)" --ulimit nproc="$(limit -u)" \
    --build-arg BASE="$base" --build-arg BREVE_TORCH="${BREVE_TORCH:-cpu}" \
    --build-arg BREVE_EXTRAS="${BREVE_EXTRAS-otel}" \
    ${BUILD_OPTIONS:-} --tag "$image" .
buildah images --format '{{.Name}}:{{.Tag}} {{.Size}}' "$image"
