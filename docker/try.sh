#!/bin/sh
# Tries both compose files with a container engine, under a name and with volumes of their own:
# builds, starts, sends an article, kills Redis and a worker, sends another, stops, and removes all
# that it made but the images. Needs Docker Compose 2.24 or newer, curl, and the ports 8000, 80 and
# 443. From the project's root: docker/try.sh
set -eu

here=$(dirname "$0")
work=$(mktemp -d)
compose() { docker compose --project-name khabar-try "$@"; }
simple() { compose -f "$here/compose.yaml" "$@"; }
production() { compose -f "$here/compose.yaml" -f "$work/production.yaml" "$@"; }
end() {
    code=$?
    set +e
    if [ "$code" != 0 ]; then
        simple ps --all
        simple logs --tail 20
    fi
    production down --volumes --remove-orphans >/dev/null 2>&1
    rm -rf "$work"
    exit "$code"
}
trap end EXIT
trap 'exit 130' INT TERM

say() { echo "== $*"; }

# A story of its own each time, so that no answer comes from the cache.
summarised() {
    body="{\"recipe\": \"builtin\", \"languages\": [\"en\"], \"text\": \"Officials opened library number $1 in the port on Friday.\"}"
    shift
    curl --silent --show-error --fail-with-body --retry 5 --retry-all-errors --max-time 40 \
        --header "Authorization: Bearer $key" --header 'Content-Type: application/json' \
        --header 'Prefer: wait=30' --data "$body" "$@" >"$work/answer"
    grep -q '"state":"done"' "$work/answer" || {
        cat "$work/answer"
        return 1
    }
    echo "summarised"
}

# The first process of a container is the engine's; what it waits for is ours.
killed() {
    say "$1: $2 is killed"
    "$1" exec -T "$2" sh -c 'kill -9 $(cat /proc/1/task/1/children)'
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        sleep 1
        [ "$(docker inspect --format '{{.RestartCount}}' "$("$1" ps --quiet "$2")")" = 1 ] && return
    done
    echo "$2 was not started again"
    return 1
}

tried() {
    which=$1
    url=$2
    shift 2
    say "$which: the first key, then all parts"
    key=$("$which" run --rm service khabar keys create desk 2>"$work/log" | tail -n 1)
    [ -n "$key" ] || {
        cat "$work/log"
        return 1
    }
    "$which" up --detach --wait --wait-timeout 120
    summarised 1 "$@" "$url"
    killed "$which" redis
    summarised 2 "$@" "$url"
    killed "$which" summarise
    summarised 3 "$@" "$url"
    say "$which: all parts stop by themselves"
    "$which" stop
    # 143 is the answer to a request to end, 137 to being killed because the time was up.
    "$which" ps --all --format '{{.Service}} ended with {{.ExitCode}}' >"$work/ends"
    cat "$work/ends"
    if grep -q -v -E ' (0|143)$' "$work/ends"; then
        echo "a part had to be killed"
        return 1
    fi
    "$which" down --volumes
}

"$here/make-secrets.sh" "$work/secrets" localhost
# The secrets of a trial are not those that serve, which lie beside the file.
sed "s#\./secrets/#$work/secrets/#" "$here/compose.production.yaml" >"$work/production.yaml"

say "building"
simple build
tried simple http://localhost:8000/v1/jobs
tried production https://localhost/v1/jobs --cacert "$work/secrets/ca.crt"
say "both work"
