# The guest's side of running one command: ports of the virtio console, found by their names.
#   org.javisor.command  host to guest: a shell script that executes the command; its end ends it
#   org.javisor.status   guest to host, lines: "ready", then "exit N"
#   org.javisor.stdin    host to guest; this and the next two only if there is no terminal
#   org.javisor.stdout   guest to host
#   org.javisor.stderr   guest to host

# serve_command KERNEL-COMMAND-LINE: with javisor.tty=1 in it the command runs on the console.
serve_command() {
  case " $1 " in
    *" javisor.tty=1 "*) terminal=/dev/ttyS0 ;;
    *) terminal= ;;
  esac
  until find_ports; do
    sleep 0.01
  done
  exec 9> "$status"
  echo ready >&9
  receive_command
  if [ "$terminal" ]; then
    setsid -c sh /run/javisor/command < "$terminal" > "$terminal" 2>&1 9>&-
  else
    sh /run/javisor/command < "$stdin" > "$stdout" 2> "$stderr" 9>&-
  fi
  code=$?
  # The host may end the machine as soon as it has read the next line.
  sync
  echo "exit $code" >&9
}

# The kernel learns of the ports one by one while the system starts. The host opens each port before
# it names the next, so that standard input, named third, is open when the last has its name.
find_ports() {
  command='' status='' stdin='' stdout='' stderr=''
  for port in /sys/class/virtio-ports/*; do
    name=
    read -r name < "$port/name"
    case $name in
      org.javisor.command) command=/dev/${port##*/} ;;
      org.javisor.status) status=/dev/${port##*/} ;;
      org.javisor.stdin) stdin=/dev/${port##*/} ;;
      org.javisor.stdout) stdout=/dev/${port##*/} ;;
      org.javisor.stderr) stderr=/dev/${port##*/} ;;
    esac
  done 2> /dev/null
  [ -c "$command" ] && [ -c "$status" ] || return
  [ "$terminal" ] || { [ -c "$stdin" ] && [ -c "$stdout" ] && [ -c "$stderr" ]; }
}

# A port reads as empty until the host has opened it.
receive_command() {
  mkdir -p /run/javisor
  cat "$command" > /run/javisor/command
  until [ -s /run/javisor/command ]; do
    sleep 0.05
    cat "$command" > /run/javisor/command
  done
}
