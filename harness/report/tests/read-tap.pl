# Reads a report as prove does, and looks at what prove does not: each test's YAML.
use strict;
use warnings;
use TAP::Parser;

my ($path, $count) = @ARGV;
open my $file, "<", $path or die "$path: $!";
my $parser = TAP::Parser->new({ tap => join "", <$file> });
my (@tests, @yaml, $bailed);
while (my $line = $parser->next) {
    die "not TAP: " . $line->raw if $line->is_unknown;
    push @tests, $line if $line->is_test;
    push @yaml, $line->data if $line->is_yaml;
    $bailed = 1 if $line->is_bailout;
}
my @errors = grep { !$bailed || !/^Bad plan/ } $parser->parse_errors;
die "parse errors: @errors" if @errors;
die "version " . $parser->version unless $parser->version == 13;
die scalar(@tests) . " tests, " . scalar(@yaml) . " with YAML" unless @tests == $count and @yaml == $count;

my %test = map { $_->description => $_ } @tests;
my %of = map { $_->{verdict} => $_ } @yaml;
die "descriptions: " . join ", ", keys %test unless $test{"- area/fail"} // $test{"area/fail"};
die "skip" unless $test{"area/skip"}->has_skip and $test{"area/skip"}->is_ok;
die "todo" unless $test{"area/xfail"}->has_todo and $test{"area/xfail"}->is_ok;
die "why: " . $test{"area/xfail"}->explanation unless $test{"area/xfail"}->explanation =~ /missing #1 https:/;
die "fail" if $test{"area/fail"}->is_ok;
die "link" unless $of{xfail}{known_link} eq "https://example.org/1";
die "observed: $of{fail}{observed}" unless $of{fail}{observed} =~ /^\\u\{1b\}\[31mred\\0 /;
die "observed: $of{fail}{known_observed}" unless $of{fail}{known_observed} eq "another: failure";
die "left: $of{fail}{left_behind}" unless $of{fail}{left_behind} =~ /^process 7 .*\nit's: 'quoted' \\ "twice" # and \\n more\n$/;
die "records: $of{info}{records}" unless $of{info}{records} =~ /^umask: "022.*\n : - begins/;
die "transcript: $of{fail}{transcript}" unless $of{fail}{transcript} =~ /^terminal of c1 .*\n +0.5 > "ab\\n"\n/;
