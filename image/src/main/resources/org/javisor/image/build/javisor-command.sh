#!/bin/sh
# Runs the command this machine was started for, then ends the machine.
. /usr/lib/javisor/command.sh
read -r line < /proc/cmdline
serve_command "$line"
exec systemctl --force --force poweroff
