#!/bin/bash
# What the service of the benchmark runs: programs of Debian one after the other, with as much to do
# as the file "work" says. Each gives a line on the console, one of
#   @bench workload NAME unit=s value=SECONDS checksum=HEX     time for a fixed amount of work
#   @bench workload NAME unit=B/s value=NUMBER checksum=-      speed in a fixed time
#   @bench workload NAME unit=op/s value=NUMBER checksum=-     the same
exec > /dev/console 2>&1 < /dev/null
echo "@bench first-program"
folder=/etc/javisor-bench
read -r work < $folder/work
# What else the system still does at its start is not to be measured with the programs.
state=$(systemctl is-system-running --wait)
[ "$state" = running ] || echo "@bench failed the system is $state"

end() {
  echo "@bench end"
  # Time to look at the machine from outside before it is gone.
  sleep 0.5
  systemctl --force --force poweroff
  exit
}

for program in perl gzip python3 sqlite3 openssl; do
  command -v $program > /dev/null || {
    echo "@bench failed there is no $program in the image: remove it with javisor image rm bench"
    end
  }
done

# timed NAME FILE COMMAND...: runs it; what it has written to FILE is its result.
timed() {
  name=$1 file=$2
  shift 2
  start=${EPOCHREALTIME/./}
  "$@" || echo "@bench failed $name status=$?"
  elapsed=$((${EPOCHREALTIME/./} - start))
  checksum=$(sha256sum < "$file")
  printf '@bench workload %s unit=s value=%d.%06d checksum=%s\n' "$name" \
    $((elapsed / 1000000)) $((elapsed % 1000000)) "${checksum:0:16}"
}

generate() { perl $folder/text.pl $((150000 * work)) > text; }
compress() { for ((i = 0; i < 6; i++)); do gzip -n -6 < text; done > text.gz; }
compute() { python3 $folder/compute.py $((2 * work)) > numbers; }
query() { for ((i = 0; i < work; i++)); do sqlite3 :memory: < $folder/query.sql; done > rows; }

timed perl text generate
timed gzip text.gz compress
timed python numbers compute
timed sqlite rows query

# speed NAME UNIT MARK ARGUMENTS...: what openssl finds, by the line of its report that begins with
# the mark: two fields more, and then the number per second.
speed() {
  name=$1 unit=$2 mark=$3
  shift 3
  value=$(openssl speed -mr -seconds $((2 * work)) "$@" 2> speed.log |
    awk -F: -v mark="$mark" '$1 == mark { printf "%.3f", $4 }')
  if [ "$value" ]; then
    printf '@bench workload %s unit=%s value=%s checksum=-\n' "$name" "$unit" "$value"
  else
    echo "@bench failed $name: $(tail -n 1 speed.log)"
  fi
}

speed openssl-sha256 B/s +F -bytes 16384 sha256
speed openssl-aes-128-cbc B/s +F -bytes 16384 aes-128-cbc
speed openssl-rsa2048-sign op/s +F2 rsa2048
end
