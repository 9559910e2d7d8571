#!/bin/busybox sh
# Runs a script in the system on the disk that is to be configured, and says how it went.
/bin/busybox mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev
for module in @MODULES@; do
  insmod "/$module.ko"
done
end() {
  echo "javisor: $1"
  sync
  poweroff -f
}
# Nothing of this machine survives a crash anyhow, so nothing has to be ordered for one.
mount -t ext4 -o noatime,barrier=0,data=writeback /dev/vda /root || end "failed: mount"
mkdir -p /root/proc /root/sys /root/dev /root/run /root/tmp
mount -t proc proc /root/proc
mount -t sysfs sysfs /root/sys
mount --move /dev /root/dev
mkdir -p /root/dev/pts /root/dev/shm
mount -t devpts devpts /root/dev/pts
mount -t tmpfs tmpfs /root/run
mount -t tmpfs tmpfs /root/tmp
cp /configure /root/run/configure
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb
if chroot /root /bin/sh /run/configure < /root/dev/null; then
  result=done
else
  result="failed: configure"
fi
umount /root/tmp /root/run /root/dev/pts /root/dev /root/sys /root/proc
umount /root || result="failed: unmount"
end "$result"
