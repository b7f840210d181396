#!/bin/sh
# Runs the command that starts Redis, in the folder that holds its data, and before that cuts off
# what a Redis that was killed while it wrote left half written: the first part of a transaction.
# Redis itself would skip it and leave its beginning, so that what comes next belonged to it
# (service/embedded/append_only.py tells more). Any other damage is left for a person to see, and
# Redis then does not start.
set -eu

ended=$(redis-check-aof appendonlydir/appendonly.aof.manifest 2>/dev/null |
    sed -n 's/^AOF analyzed: filename=\(.*\), size=[0-9]*, ok_up_to=\([0-9]*\),.*/\2 \1/p' |
    tail -n 1) || true
if [ -n "$ended" ]; then
    end=${ended%% *}
    log=appendonlydir/${ended#* }
    rest() { tail -c "+$((end + 1))" "$log" | tr '\r\n' '.|'; }
    if rest | head -c 15 | grep -aqF '*1.|$5.|MULTI.|' && ! rest | grep -aqF '*1.|$4.|EXEC.|'; then
        echo "Cutting an unfinished transaction off $log."
        truncate -s "$end" "$log"
    fi
fi
exec "$@"
