#!/bin/sh
# Configures the packages that lie unpacked on this disk, as debootstrap's second stage would.
set -e
export DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true DEBCONF_NOWARNINGS=yes
export LC_ALL=C LANGUAGE=C

# No service starts while the system is put together.
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
# Scripts need an awk before the alternatives are configured.
[ -e /usr/bin/awk ] || ln -s mawk /usr/bin/awk
[ -e /etc/localtime ] || ln -s /usr/share/zoneinfo/Etc/UTC /etc/localtime

# What dpkg runs before it unpacks a package. The users come first.
for package in @PREINST@; do
  name=${package%%:*}
  echo "javisor: preparing $name"
  DPKG_MAINTSCRIPT_NAME=preinst DPKG_MAINTSCRIPT_PACKAGE="$name" \
    DPKG_MAINTSCRIPT_ARCH=riscv64 DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT=1 \
    DPKG_ADMINDIR=/var/lib/dpkg DPKG_ROOT= \
    "/var/lib/dpkg/info/$package.preinst" install
done

dpkg --force-unsafe-io --configure --pending

for unit in @MASKED@; do
  ln -sf /dev/null "/etc/systemd/system/$unit"
done

# Root has no password: the console of a machine belongs to whoever runs it.
passwd -d root
rm -f /usr/sbin/policy-rc.d
# An empty machine id is filled in at the first boot.
: > /etc/machine-id
rm -f /var/lib/dbus/machine-id /var/log/*.log /var/log/apt/* /var/lib/dpkg/*-old /etc/*- /root/.bash_history
# Services that bring caches up to date after /usr has changed have nothing to do at the first boot.
touch -r /usr /etc/.updated /var/.updated
sync
