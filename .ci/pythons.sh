# Sourced by .ci/run and .ci/nightly: finding Pythons, building an environment for one.

SUPPORTED="3.12 3.11 3.13"
ENVIRONMENTS=${AGENTRR_VENVS:-.venv/ci}

say() { printf '\n== %s\n' "$*"; }

# A shim of a version manager exists and does not run: only one that answers with its version counts.
answers() { [ "$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$2" ]; }

find_python() {
    local candidate
    for candidate in "$(command -v "python$1")" \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1"*/bin/python \
        "$HOME"/.local/share/uv/python/cpython-"$1"*/bin/python \
        /opt/python/cp"${1/./}"-*/bin/python "/usr/local/bin/python$1" \
        "$(command -v python3)" "$(command -v python)"; do
        if [ -n "$candidate" ] && [ -x "$candidate" ] && answers "$candidate" "$1"; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

# Built once for a given pyproject.toml; a half-built one has no mark and is built again.
environment() {
    local python=$1 folder=$2 group=${3:-dev} mark
    mark="$folder/.ready-$(cksum <pyproject.toml | cut -d' ' -f1)"
    [ -e "$mark" ] && return
    rm -rf "$folder"
    "$python" -m venv "$folder" &&
        "$folder/bin/python" -m pip install -q --disable-pip-version-check -U 'pip>=25.1' &&
        "$folder/bin/python" -m pip install -q --disable-pip-version-check -e . --group "$group" &&
        touch "$mark"
}
