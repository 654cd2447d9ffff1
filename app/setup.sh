# setup.sh - what app/run and tests/run share: packages, and build directories.
#
# Sourced by bash scripts that have set `program` (for messages) and `top` (the
# source tree). Made for Debian 12 and later; elsewhere the packages are named
# and the build is tried all the same.

# To build and to run the window.
program_packages=(
  gcc libc6-dev meson ninja-build pkgconf gettext
  libgtk-4-dev libgtk-4-bin libsqlite3-dev python3 python3-dev
  adwaita-icon-theme librsvg2-common fonts-dejavu-core libegl1 libgl1-mesa-dri
  dbus-daemon at-spi2-core
)

say ()
{
  printf '%s: %s\n' "$program" "$*" >&2
}

# Those of the given packages that are not installed.
missing_packages ()
{
  local name
  for name; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done
}

install_packages ()
{
  local as_root=() wanted log
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
    say "this is no Debian: make sure yourself that what these packages hold is there: $*"
    return 0
  }
  mapfile -t wanted < <(missing_packages "$@")
  [ ${#wanted[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      say "packages are missing and there is no sudo; as root: apt-get install ${wanted[*]}"
      return 1
    }
    as_root=(sudo)
    [ -t 0 ] || as_root+=(-n)
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  say "installing ${#wanted[@]} packages: ${wanted[*]}"
  log=$(mktemp)
  "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=300 update </dev/null >"$log" 2>&1 ||
    say "apt-get update failed; trying with the lists that are here"
  "${as_root[@]}" apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends \
    install "${wanted[@]}" </dev/null >>"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    rm -f "$log"
    say "the packages could not be installed; try: apt-get install ${wanted[*]}"
    return 1
  }
  rm -f "$log"
}

# Both say everything to DIRECTORY.log, and show its end on failure.

# configure DIRECTORY [MESON OPTION...]: once; a directory that was configured
# otherwise is made anew.
configure ()
{
  local directory=$1 log=$1.log wish
  shift
  mkdir -p "$directory"
  wish="$top CC=${CC-} $*"
  : >"$log"
  [ ! -f "$directory/build.ninja" ] || [ "$(cat "$directory/wish" 2>/dev/null)" != "$wish" ] ||
    return 0
  rm -rf "$directory"
  mkdir -p "$directory"
  (cd "$top" && meson setup "$directory" "$@") </dev/null >>"$log" 2>&1 || {
    rm -f "$directory/build.ninja"
    tail -n 40 "$log" >&2
    return 1
  }
  printf '%s\n' "$wish" >"$directory/wish"
}

# build DIRECTORY [TARGET...]: compiles what changed.
build ()
{
  local directory=$1 log=$1.log
  shift
  ninja -k 0 -C "$directory" "$@" </dev/null >>"$log" 2>&1 || {
    grep -E -A 12 '^FAILED|: (fatal )?error: |: warning: |ERROR: ' "$log" | head -n 120 >&2
    tail -n 3 "$log" >&2
    return 1
  }
}
