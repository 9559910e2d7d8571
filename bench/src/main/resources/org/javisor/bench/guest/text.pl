# Writes lines of words that a fixed sequence of pseudo-random numbers picks, the first of the
# dictionary more often than the last, and then how often each word of five letters occurred.
use strict;
my ($words) = @ARGV;
my $state = 1;

sub pick {
  my ($below) = @_;
  $state = ($state * 1103515245 + 12345) & 0x7fffffff;
  return ($state >> 8) % $below;
}

my @dictionary;
for (1 .. 2000) {
  push @dictionary, join '', map { chr(97 + pick(26)) } 0 .. 1 + pick(8);
}
my %occurrences;
my $line = '';
for (1 .. $words) {
  my $word = $dictionary[pick(1 + pick(2000))];
  $occurrences{$word}++ if $word =~ /^[a-z]{5}$/;
  $line .= $line eq '' ? ucfirst $word : " $word";
  if (length $line > 70) {
    print "$line.\n";
    $line = '';
  }
}
print "$_ $occurrences{$_}\n" for sort keys %occurrences;
