#!/bin/sh
# What the DHCP client calls when something has changed.
case $1 in
  deconfig)
    ip link set "$interface" up
    ip addr flush dev "$interface"
    ;;
  bound | renew)
    ip addr flush dev "$interface"
    ip addr add "$ip/$mask" dev "$interface"
    for gateway in $router; do
      ip route add default via "$gateway" dev "$interface"
    done
    : > /etc/resolv.conf
    [ -z "$domain" ] || echo "search $domain" >> /etc/resolv.conf
    for server in $dns; do
      echo "nameserver $server" >> /etc/resolv.conf
    done
    ;;
esac
