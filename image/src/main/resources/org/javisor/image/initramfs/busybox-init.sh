#!/bin/busybox sh
# The first program of the busybox image. Every command here is a new process of a machine that may
# run a hundred times slower than its host, so there is nothing in it that could be left out. Once
# /proc is there the shell finds the commands in itself, without links.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=linux
/bin/busybox mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev
mount -t sysfs sysfs /sys
mkdir -m 1777 /dev/shm /tmp
mkdir /dev/pts /run/javisor
mount -t devpts devpts /dev/pts
/bin/busybox --install -s

# The machine's devices say which drivers are worth loading.
insmod /lib/modules/@RELEASE@/virtio_mmio.ko
agent=
for device in /sys/bus/virtio/devices/*; do
  read -r id < "$device/device"
  case $id in
@DRIVERS@
  esac
done 2> /dev/null

read -r line < /proc/cmdline
name=busybox
for word in $line; do
  case $word in
  systemd.hostname=*) name=${word#*=} ;; # as systemd has it, so that one word does for all
  esac
done
hostname "$name"
ip link set lo up
if [ -e /sys/class/net/eth0 ]; then
  udhcpc -i eth0 -b -S -s /etc/udhcpc.script < /dev/null > /dev/null 2>&1 &
fi

case " $line " in
  *" javisor.command=1 "*)
    . /lib/javisor/command.sh
    serve_command "$line"
    poweroff -f
    ;;
esac
if [ "$agent" ]; then
  echo '::respawn:/lib/javisor/agent' >> /etc/inittab
fi
exec init
