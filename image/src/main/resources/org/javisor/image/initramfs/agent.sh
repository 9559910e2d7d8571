#!/bin/sh
# The guest's side of the QEMU guest agent protocol (qemu-ga-ref), for busybox: JSON lines on the
# port org.qemu.guest_agent.0. One awk turns each request into words of the shell, and one shell
# reads them: a request costs no process, but for what it asks for.

# The kernel learns of the ports one by one while the system starts.
find_port() {
  for found in /sys/class/virtio-ports/*; do
    name=
    read -r name < "$found/name"
    if [ "$name" = org.qemu.guest_agent.0 ]; then
      port=/dev/${found##*/}
      return 0
    fi
  done 2> /dev/null
  return 1
}

mkdir -p /run/javisor/agent
cd /run/javisor/agent
until find_port; do
  sleep 0.05
done
# A port can be open once, so both share the descriptor.
exec 3<> "$port"
{
  awk -f /lib/javisor/agent.awk <&3 3<&- &
  echo $! > reader
  wait
} | {
  sh >&3 3<&- 2> /dev/null
  read -r reader < reader
  kill "$reader"
}
