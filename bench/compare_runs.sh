#!/bin/sh
# How often compare_runs is right: the two states of samples/kafka-stress against each other, and each against
# itself. Needs .NET, and a broker (any from 0.11 on; docs/measuring.md says how one is started).
#
#     bench/compare_runs.sh build/release/culprit [repetitions [bootstrap]]     # 20, localhost:9092
#
# Prints a line for each comparison, and how often each verdict was given. MEASURE and SMALLEST are those of
# compare_runs: CPU time for the same work, and 10 %, as the throughput of a client, a broker and a proxy that
# share two cores spreads by 30 % from run to run.
set -eu
culprit=$(realpath "$1") repetitions=${2:-20} bootstrap=${3:-localhost:9092}
samples=$(realpath "$(dirname "$0")/../samples/kafka-stress")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for state in before after; do
  dotnet build "$samples/$state" -c Release --artifacts-path "$work/$state" -nodeReuse:false >"$work/build.log" ||
    { cat "$work/build.log"; exit 1; }
done
cd "$work"

compare() { # NAME FIRST SECOND
  "$culprit" compare-runs "$2/bin/KafkaStress/release/KafkaStress.dll" \
    --after "$3/bin/KafkaStress/release/KafkaStress.dll" $4 \
    --arguments "producer --bootstrap $bootstrap --messages 150000 --seconds 60" \
    --measure "${MEASURE:-cpu_us_per_message}" --smallest "${SMALLEST:-10}" 2>/dev/null |
    awk -v name="$1" '
      NR == 1 { line = $0 }
      / rounds, / { rounds = $1 }
      END { printf "%s: %s (%d rounds)\n", name, line, rounds }'
}

for i in $(seq "$repetitions"); do
  compare "before, after" before after ""
  compare "the same" before before --same
done | tee "$work/all"
echo
sed 's/: \([a-z ]*\):.*/: \1/' "$work/all" | sort | uniq -c
