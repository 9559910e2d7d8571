#!/bin/busybox sh
# Runs a script in the system on the disk that is to be configured, and says how it went.
/bin/busybox mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev
read -r modules < /modules
for module in $modules; do
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
if [ -b /root/dev/vdb ]; then
  mkdir /root/run/packages
  mount -t ext4 -o ro /root/dev/vdb /root/run/packages || end "failed: mount of the packages"
fi
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb
if chroot /root /bin/sh /run/configure < /root/dev/null; then
  result=done
else
  result="failed: configure"
fi
[ ! -d /root/run/packages ] || umount /root/run/packages
umount /root/tmp /root/run /root/dev/pts /root/dev /root/sys /root/proc
umount /root || result="failed: unmount"
end "$result"
