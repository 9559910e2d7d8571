#!/bin/sh
cd /root
sh -l
poweroff -f
