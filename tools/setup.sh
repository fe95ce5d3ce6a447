#!/bin/sh
# Make .venv beside the Makefile and install requirements.txt into it.
# PYTHON=/path/to/python chooses the interpreter; otherwise the newest supported one on the PATH.
set -eu
cd "$(dirname "$0")/.."

stop() { # a message of several lines, on standard error
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null
}

if [ -z "${PYTHON:-}" ]; then
    for PYTHON in python3 python3.13 python3.12 python3.11; do
        if supported "$PYTHON"; then break; fi
    done
fi
if ! supported "$PYTHON"; then
    stop "Python 3.11, 3.12 or 3.13 is needed; '$PYTHON' is $("$PYTHON" --version 2>&1 || true)." \
        "Install one of them (on Debian 12: apt-get install python3), or say where it is:" \
        "    make PYTHON=/path/to/python3.11"
fi

if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
    package="python$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if [ "$(id -u)" = 0 ]; then sudo=""; elif sudo -n true 2>/dev/null; then sudo="sudo"; else sudo="none"; fi
    if [ "$sudo" = none ] || ! command -v apt-get >/dev/null; then
        stop "this Python can't make virtual environments. Install the missing package and try again:" \
            "    sudo apt-get install $package"
    fi
    echo "setup: installing Debian's $package"
    $sudo apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qy --no-install-recommends "$package" >/dev/null ||
        stop "apt-get could not install $package; its message is above."
fi

echo "setup: $("$PYTHON" --version), installing into .venv (about a minute)"
if ! [ -x .venv/bin/python ] || ! supported .venv/bin/python; then
    "$PYTHON" -m venv --clear .venv
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt ||
    stop "pip could not install what requirements.txt lists; its messages are above." \
        "If they speak of connections or of no matching distribution, this machine does not reach" \
        "a package index: connect it, or name one with PIP_INDEX_URL. Then run the command again;" \
        "it goes on from here, and nothing outside .venv was changed."
touch .venv/.installed
