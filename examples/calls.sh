#!/bin/sh
# The calls of a bank, one after the other, with curl and jq.
#
#   URL=http://127.0.0.1:8000 CLIENT=harbour-bank SECRET=... ENTERPRISE=91350211MA31009013 \
#     AS_OF=2023-01-01T00:00:00+08:00 sh examples/calls.sh
#
# The client stands in the register (`cargoworthy access client add`), and the enterprise has
# consented to the bank (docs/access.md).
set -eu

# Is the service ready? No token is needed.
curl -sf "$URL/readyz" | jq -r '"ready: model \(.model) \(.model_version)"'

# A token for ten minutes. The secret goes in by standard input, so that no list of processes shows it.
TOKEN=$(printf 'user = "%s:%s"\n' "$CLIENT" "$SECRET" |
  curl -sf --config - -d grant_type=client_credentials "$URL/oauth/token" | jq -r .access_token)
test -n "$TOKEN" || { echo "no token: check CLIENT and SECRET" >&2; exit 1; }
call() { printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" | curl -s --config - "$@"; }

# A score. The key is your own name for this call: sent again, it gives the stored answer.
KEY="example-$(date +%s)-$$"
BODY=$(jq -n --arg id "$ENTERPRISE" --arg as_of "$AS_OF" '{enterprise_id: $id, as_of: $as_of}')
score() {
  call -f "$URL/v1/scores" -H 'Content-Type: application/json' -H "Idempotency-Key: $KEY" -d "$BODY"
}
FIRST=$(score)
printf '%s' "$FIRST" | jq -r '"score: \(.score) grade \(.grade), limit \(.limit.amount_fen / 100) CNY"'
SCORE_ID=$(printf '%s' "$FIRST" | jq -r .score_id)
test "$(score | jq -r .score_id)" = "$SCORE_ID" && echo "the same key: the same answer"

# Why: the reasons, in Chinese.
printf '%s' "$FIRST" | jq -r '.reasons[].text_zh'

# The same answer again, byte for byte, at any later time.
call -f "$URL/v1/scores/$SCORE_ID" | jq -r '"earlier: \(.score_id)"'

# Reckoned again from the record as it was known then.
call -f -X POST "$URL/v1/replays/$SCORE_ID" | jq -r '"replay: identical \(.identical)"'

# Several at once, each with an outcome of its own: here one of them is no credit code.
call -f "$URL/v1/scores:batch" -H 'Content-Type: application/json' \
  -d "{\"requests\": [$BODY, {\"enterprise_id\": \"none\"}]}" |
  jq -r '.outcomes[] | "batch: row \(.row) status \(.status)"'

# The enterprise's portrait.
call -f "$URL/v1/enterprises/$ENTERPRISE/profile?as_of=$(printf %s "$AS_OF" | jq -sRr @uri)" |
  jq -r '"profile: of \(.enterprise_id)"'

# The model in force.
call -f "$URL/v1/models/champion" | jq -r '"champion: \(.model.name)"'

# A problem is a document that says what was expected, what was found and what to do.
call "$URL/v1/scores/none" | jq -r '"problem: \(.status) \(.type): \(.remedy)"'
