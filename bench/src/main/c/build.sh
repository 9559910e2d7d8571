#!/bin/sh
# build.sh DIRECTORY: cross-compiles the benchmark programs into DIRECTORY, where sources are newer.
# Without a RISC-V compiler nothing is made and nothing fails: `javisor bench` then says what to
# install.
set -eu
sources=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
target=$1
compiler=riscv64-linux-gnu-gcc

mkdir -p -- "$target"
if ! printf '#include <stdio.h>\nint main(void) { return puts(""); }\n' |
  "$compiler" -static -x c -o "$target/.probe" - >/dev/null 2>&1; then
  rm -f -- "$target/.probe"
  echo "no working $compiler: built without the benchmark programs" >&2
  exit 0
fi
rm -f -- "$target/.probe"

compile() {
  program=$1
  shift
  for input in "$sources"/*.h "$0" "$@"; do
    if [ ! "$target/$program" -nt "$input" ]; then
      # Renamed when complete: an interrupted build must not look finished.
      "$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -pthread -static -s -o "$target/.$program" "$@"
      mv -f -- "$target/.$program" "$target/$program"
      return
    fi
  done
}

measured() {
  program=$1
  shift
  compile "$program" "$sources/bench.c" "$sources/settling.c" "$sources/$program.c" "$@"
}

measured hash "$sources/sha256.c"
measured lanes "$sources/sha256.c"
for program in sort matrix interpreter recursion copy chase; do
  measured $program
done
compile flood "$sources/flood.c"
compile init "$sources/init.c"
