#!/bin/busybox sh
# Boots the system on the disk as boot-init.sh does, after putting the host's files there.
/bin/busybox mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev
read -r modules < /modules
for module in $modules; do
  insmod "/$module.ko"
done
mount -t ext4 -o rw /dev/vda /root && cp -R /files/. /root || {
  echo "The files cannot be put on the root file system on /dev/vda."
  exec sh
}
mount --move /dev /root/dev
umount /proc
exec /bin/busybox switch_root /root /sbin/init
