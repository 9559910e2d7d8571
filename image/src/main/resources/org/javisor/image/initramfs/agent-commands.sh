# The commands of the agent; see agent.awk for how they are called.
runs=0
handles=0

COMMANDS='guest-exec guest-exec-status guest-file-close guest-file-flush guest-file-open
guest-file-read guest-file-seek guest-file-write guest-fsfreeze-freeze guest-fsfreeze-status
guest-fsfreeze-thaw guest-get-host-name guest-get-osinfo guest-get-time guest-info
guest-network-get-interfaces guest-ping guest-set-time guest-shutdown guest-sync
guest-sync-delimited'

# answer JSON
answer() {
  if [ "$request" ]; then
    printf '%s\n' "{\"return\": $1, \"id\": $request}"
  else
    printf '%s\n' "{\"return\": $1}"
  fi
}

# refuse ID CLASS DESCRIPTION
refuse() {
  text "$3"
  if [ "$1" ]; then
    printf '%s\n' "{\"error\": {\"class\": \"$2\", \"desc\": \"$text\"}, \"id\": $1}"
  else
    printf '%s\n' "{\"error\": {\"class\": \"$2\", \"desc\": \"$text\"}}"
  fi
}

# fail DESCRIPTION
fail() {
  refuse "$request" GenericError "$1"
  return 1
}

# text WORDS: as the inside of a JSON string, in $text; control characters become spaces.
text() {
  text=$1
  case $text in
    *[\"\\[:cntrl:]]*)
      text=${text//[[:cntrl:]]/ }
      text=${text//\\/\\\\}
      text=${text//\"/\\\"}
      ;;
  esac
}

# present NAME VALUE: whether an argument has been given.
present() {
  [ "$2" ] || fail "Parameter '$1' is missing"
}

# number NAME VALUE: whether an argument is a number of at most 19 digits.
number() {
  present "$1" "$2" || return
  case ${2#-} in
    '' | *[!0-9]* | ????????????????????*) fail "Invalid parameter type for '$1', expected: integer" ;;
  esac
}

# serve COMMAND ID WORDS: with the other arguments in variables.
serve() {
  command=$1 request=$2
  shift 2
  case $command in
    guest-sync) number id "$id" && answer "$id" ;;
    guest-sync-delimited)
      number id "$id" && printf '\377' && answer "$id"
      ;;
    guest-ping) answer '{}' ;;
    guest-info) information ;;
    guest-exec) present path "$path" && execute "$@" ;;
    guest-exec-status) number pid "$pid" && execution_status ;;
    guest-shutdown) shut_down ;;
    guest-get-time) answer "$(date +%s)000000000" ;;
    guest-set-time) set_time ;;
    guest-get-host-name)
      read -r name < /proc/sys/kernel/hostname
      text "$name"
      answer "{\"host-name\": \"$text\"}"
      ;;
    guest-get-osinfo) system_information ;;
    guest-network-get-interfaces) interfaces ;;
    guest-fsfreeze-*) file_systems "${command#guest-fsfreeze-}" ;;
    guest-file-open) present path "$path" && open_file ;;
    guest-file-*) number handle "$handle" && file "${command#guest-file-}" ;;
    *) refuse "$request" CommandNotFound "The command $command has not been found" ;;
  esac
}

information() {
  list=
  for name in $COMMANDS; do
    silent=true
    [ "$name" != guest-shutdown ] || silent=false
    list="$list${list:+, }{\"enabled\": true, \"name\": \"$name\", \"success-response\": $silent}"
  done
  answer "{\"version\": \"1.0\", \"supported_commands\": [$list]}"
}

# The process is a child of this shell, so nothing else is needed to learn how it ends.
execute() {
  command -v -- "$path" > /dev/null \
    || { fail "Failed to execute child process \"$path\" (No such file or directory)"; return; }
  runs=$((runs + 1))
  input=/dev/null output=/dev/null error=/dev/null
  if [ "$input_data" ]; then
    input=$runs.in
    printf %s "$input_data" | base64 -d > "$input" || { fail "Invalid base64"; return; }
  fi
  case $capture_output in
    true | separated) output=$runs.out error=$runs.err ;;
    stdout | merged) output=$runs.out ;;
    stderr) error=$runs.err ;;
    '' | false | none) ;;
    *) fail "Invalid parameter 'capture-output'"; return ;;
  esac
  (
    exec < "$input" > "$output" 2> "$error"
    [ "$capture_output" != merged ] || exec 2>&1
    cd /
    [ -z "$env" ] || eval "exec env -i $env \"\$path\" \"\$@\""
    exec "$path" "$@"
  ) &
  eval "run_$!=\$runs"
  answer "{\"pid\": $!}"
}

execution_status() {
  case $pid in
    -*) run= ;;
    *) eval "run=\$run_$pid" ;;
  esac
  [ "$run" ] || { fail "PID $pid does not exist"; return; }
  # The last of the fields is what wait(2) would say, as long as nobody has waited.
  state='? (?) Z ?'
  read -r state < "/proc/$pid/stat"
  case ${state##*) } in
    Z*) ;;
    *) answer '{"exited": false}'; return ;;
  esac
  wait "$pid"
  code=$?
  raw=${state##* }
  if [ "$raw" = '?' ]; then
    raw=$((code > 128 && code < 193 ? code - 128 : code << 8))
  fi
  if [ $((raw & 127)) -eq 0 ]; then
    result="{\"exited\": true, \"exitcode\": $((raw >> 8))"
  else
    result="{\"exited\": true, \"signal\": $((raw & 127))"
  fi
  [ ! -s "$run.out" ] || result="$result, \"out-data\": \"$(base64 -w 0 "$run.out")\""
  [ ! -s "$run.err" ] || result="$result, \"err-data\": \"$(base64 -w 0 "$run.err")\""
  answer "$result}"
  [ ! -e "$run.in" ] && [ ! -e "$run.out" ] && [ ! -e "$run.err" ] \
    || rm -f "$run.in" "$run.out" "$run.err"
  unset "run_$pid"
}

# It has no answer unless it fails.
shut_down() {
  case ${mode:-powerdown} in
    powerdown) poweroff ;;
    halt) halt ;;
    reboot) reboot ;;
    *) fail "Invalid parameter 'mode'" ;;
  esac
}

set_time() {
  if [ "$time" ]; then
    number time "$time" || return
    date -s "@$((time / 1000000000))" > /dev/null || { fail "Failed to set time to guest"; return; }
    hwclock -w
  else
    hwclock -s || { fail "Failed to read the real-time clock"; return; }
  fi
  answer '{}'
}

system_information() {
  read -r release < /proc/sys/kernel/osrelease
  read -r version < /proc/sys/kernel/version
  text "$version"
  answer "{\"id\": \"busybox\", \"name\": \"busybox\", \"pretty-name\": \"busybox\", \
\"kernel-release\": \"$release\", \"kernel-version\": \"$text\", \"machine\": \"$(uname -m)\"}"
}

interfaces() {
  list=
  for device in /sys/class/net/*; do
    name=${device##*/}
    read -r address < "$device/address"
    text "$name"
    list="$list${list:+, }{\"name\": \"$text\", \"hardware-address\": \"$address\", \
\"ip-addresses\": [$(ip -o addr show dev "$name" | while read -r _ _ family address _; do
      type=ipv4
      [ "$family" = inet ] || type=ipv6
      printf '%s{"ip-address-type": "%s", "ip-address": "%s", "prefix": %s}' \
        "$comma" "$type" "${address%/*}" "${address#*/}"
      comma=', '
    done)], \"statistics\": {"
    comma=
    for value in rx_bytes rx_packets rx_errors rx_dropped tx_bytes tx_packets tx_errors tx_dropped; do
      read -r count < "$device/statistics/$value"
      field=${value%_*}-${value#*_}
      [ "${field#*-}" != errors ] || field=${field%-*}-errs
      list="$list$comma\"$field\": $count"
      comma=', '
    done
    comma=
    list="$list}}"
  done
  answer "[$list]"
}

# Only file systems on disks can be frozen.
file_systems() {
  case $1 in
    status)
      [ "$frozen" ] && answer '"frozen"' || answer '"thawed"'
      return
      ;;
    freeze | thaw) ;;
    *) refuse "$request" CommandNotFound "The command guest-fsfreeze-$1 has not been found"; return ;;
  esac
  total=0
  while read -r source point _; do
    case $source in
      /dev/*)
        if [ "$1" = freeze ]; then
          fsfreeze --freeze "$point" && total=$((total + 1))
        elif [ "$frozen" ]; then
          fsfreeze --unfreeze "$point" && total=$((total + 1))
        fi
        ;;
    esac
  done < /proc/mounts
  frozen=
  [ "$1" = thaw ] || frozen=1
  answer "$total"
}

# A handle is a number with a path and a position.
open_file() {
  mode=${mode:-r}
  case $mode in
    r | rb) [ -r "$path" ] ;;
    r+ | rb+ | r+b) [ -r "$path" ] && [ -w "$path" ] ;;
    w | wb | w+ | wb+ | w+b) : > "$path" ;;
    a | ab | a+ | ab+ | a+b) : >> "$path" ;;
    *) fail "invalid file open mode '$mode'"; return ;;
  esac || { fail "failed to open file '$path' (mode: '$mode')"; return; }
  [ ! -d "$path" ] || { fail "open file '$path': it is a directory"; return; }
  handles=$((handles + 1))
  eval "path_$handles=\$path mode_$handles=\$mode place_$handles=0"
  answer "$handles"
}

file() {
  case $handle in
    -*) path= ;;
    *) eval "path=\$path_$handle mode=\$mode_$handle place=\$place_$handle" ;;
  esac
  [ "$path" ] || { fail "handle '$handle' has not been found"; return; }
  case $1 in
    close)
      unset "path_$handle" "mode_$handle" "place_$handle"
      answer '{}'
      ;;
    flush) answer '{}' ;;
    read)
      count=${count:-4096}
      number count "$count" || return
      [ "$count" -ge 0 ] && [ "$count" -le 1048576 ] || { fail "value '$count' is invalid for argument count"; return; }
      data=$(dd if="$path" bs=64k iflag=skip_bytes,count_bytes skip="$place" count="$count" | base64 -w 0)
      length=$(((${#data} / 4) * 3))
      case $data in
        *==) length=$((length - 2)) ;;
        *=) length=$((length - 1)) ;;
      esac
      eval "place_$handle=$((place + length))"
      end=false
      [ "$length" -eq "$count" ] || end=true
      answer "{\"count\": $length, \"buf-b64\": \"$data\", \"eof\": $end}"
      ;;
    write)
      case $mode in
        a*) place=$(stat -c %s "$path") ;;
        r | rb) fail "failed to write to file"; return ;;
      esac
      printf %s "$buf_b64" | base64 -d > data || { fail "Invalid base64"; return; }
      length=$(stat -c %s data)
      if [ "$count" ]; then
        number count "$count" || return
        [ "$count" -ge 0 ] && [ "$count" -le "$length" ] || { fail "value '$count' is invalid for argument count"; return; }
        length=$count
      fi
      dd if=data of="$path" bs=64k iflag=count_bytes count="$length" oflag=seek_bytes seek="$place" conv=notrunc \
        || { fail "failed to write to file"; return; }
      eval "place_$handle=$((place + length))"
      answer "{\"count\": $length, \"eof\": false}"
      ;;
    seek)
      number offset "$offset" || return
      case $whence in
        0 | set) ;;
        1 | cur) offset=$((offset + place)) ;;
        2 | end) offset=$((offset + $(stat -c %s "$path"))) ;;
        *) fail "invalid whence code $whence"; return ;;
      esac
      [ "$offset" -ge 0 ] || { fail "failed to seek file"; return; }
      eval "place_$handle=$offset"
      answer "{\"position\": $offset, \"eof\": false}"
      ;;
    *) refuse "$request" CommandNotFound "The command guest-file-$1 has not been found" ;;
  esac
}
