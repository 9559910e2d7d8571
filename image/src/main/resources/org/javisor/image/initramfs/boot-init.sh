#!/bin/busybox sh
# Mounts the root file system and hands over to it, in as few steps as possible.
/bin/busybox mount -t proc proc /proc
mount -t devtmpfs devtmpfs /dev
read -r modules < /modules
for module in $modules; do
  insmod "/$module.ko"
done
read -r line < /proc/cmdline
case " $line " in
  *" ro "*) mode=ro ;;
  *) mode=rw ;;
esac
init=/sbin/init
for word in $line; do
  case $word in
    init=*) init=${word#init=} ;;
  esac
done
mount -t ext4 -o "$mode" /dev/vda /root || {
  echo "The root file system on /dev/vda cannot be mounted."
  exec sh
}
mount --move /dev /root/dev
umount /proc
# Without /proc the shell does not find commands in itself any more.
exec /bin/busybox switch_root /root "$init"
