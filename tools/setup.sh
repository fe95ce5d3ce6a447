#!/bin/sh
# Make .venv beside the Makefile and install requirements.txt into it.
# PYTHON=/path/to/python chooses the interpreter; otherwise the newest supported one on the PATH.
# With the argument `test`: install the programs that only the tests need, and nothing else.
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

packages=""
needs() { # a command, and the Debian package that has it
    command -v "$1" >/dev/null || packages="$packages $2"
}

if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
    packages="python$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
fi
needs bwrap bubblewrap # grading runs students' code in it
if [ "${1:-}" = test ]; then
    needs chromium "chromium fonts-dejavu-core" # pages are opened and looked at
    command -v firefox >/dev/null || needs firefox-esr firefox-esr # an exercise is solved in it
    ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 || packages="$packages libatomic1" # what moves Chromium
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages="$packages postgresql" # the other gradebook
fi
if [ -n "$packages" ]; then
    packages="${packages# }"
    if [ "$(id -u)" = 0 ]; then sudo=""; elif sudo -n true 2>/dev/null; then sudo="sudo"; else sudo="none"; fi
    if [ "$sudo" != none ] && command -v apt-get >/dev/null; then
        echo "setup: installing Debian's $packages"
        $sudo apt-get update -q >/dev/null
        # shellcheck disable=SC2086 - they are several
        DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qy --no-install-recommends $packages >/dev/null ||
            stop "apt-get could not install $packages; its message is above."
    elif [ "$packages" = bubblewrap ]; then
        echo "setup: bubblewrap is missing, without which nothing is graded (the rest works). To install it:" >&2
        echo "setup:     sudo apt-get install bubblewrap" >&2
    else
        stop "something is missing on this machine. Install it and try again:" \
            "    sudo apt-get install $packages"
    fi
fi
if [ "${1:-}" = test ]; then
    touch .venv/.testable
    exit
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
