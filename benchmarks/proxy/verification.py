# SPDX-License-Identifier: Apache-2.0
"""Nothing is measured that does not do its work: what each gateway has to show first."""
import json
import re
import time
import urllib.request

from asking import CHATS, ORDINARY_HEADERS, ask
from processes import fail


def require(holds, gateway, response, body):
    """Ends the run unless the gateway has done what it should."""
    if not holds:
        fail(f'{gateway.label} does not do what it should: {response.status} {body[:1000]}')


def verify_forwarding(gateway):
    response, body = ask(gateway, '/bytes/1024', gateway.headers)
    require(response.status == 200 and len(body) == 1024, gateway, response, body)


def verify_policies(gateway):
    verify_forwarding(gateway)
    response, body = ask(gateway, '/echo/1', gateway.headers)
    sent_on = body.lower()
    refused, _ = ask(gateway, '/echo/1', ORDINARY_HEADERS)
    require(body.startswith('GET /echo/1?tenant=alpha ') and 'x-gateway: sluice' in sent_on
            and 'x-consumer: bench' in sent_on and 'x-debug' not in sent_on
            and response.headers['X-Backend'] is None and refused.status == 401, gateway, response, body)


def secret_seen(response, body):
    """The member of the pool whose credentials the origin saw."""
    found = re.search(r'authorization: Bearer (\w+)-secret', body, re.IGNORECASE)
    return found[1] if found else f'none: {response.status} {body[:300]}'


def tokens_counted(gateway):
    """What the metrics say of the chats so far, with the names that answers have for it."""
    port = gateway.admin_port if gateway.contestant.kind == 'sluice' else gateway.port
    with urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics', timeout=30) as answer:
        text = answer.read().decode()

    def counted(pattern):
        return sum(float(value) for value in re.findall(rf'^(?:{pattern}){{[^}}]*}} (\S+)$', text, re.MULTILINE))

    return {'prompt_tokens': counted('(?:sluice_llm_)?prompt_tokens(?:_total)?'),
            'completion_tokens': counted('(?:sluice_llm_)?completion_tokens(?:_total)?'),
            'total_tokens': counted('sluice_llm_tokens_total|tokens')}


def verify_chat(gateway):
    """Answers a chat with what the model has said; `nginx` does no more than that."""
    question, answer = ((CHATS / name).read_text() for name in ('request.json', 'answer.json'))

    def chat(headers=gateway.headers, rest='/chat/completions'):
        response, body = ask(gateway, rest, headers, question)
        return response, body

    response, body = chat()
    require(response.status == 200 and json.loads(body) == json.loads(answer), gateway, response, body)
    kind = gateway.contestant.kind
    if kind == 'nginx':
        return
    if kind == 'portkey':
        config = gateway.headers['x-portkey-config']
        echo = {'headers': gateway.headers | {'x-portkey-config': re.sub(r'(127\.0\.0\.1:\d+)', r'\1/echo', config)}}
    else:
        echo = {'rest': '/echo/chat/completions'}
    seen = {secret_seen(*chat(**echo)) for _ in range(50)}
    require(seen == {'first', 'second'}, gateway, response, f'members that were asked: {seen}')
    if kind == 'portkey':
        return  # It knows neither keys nor counts.
    refused, body = chat(headers=gateway.headers | {'api-key': 'unknown'})
    require(refused.status == 401, gateway, refused, body)
    require_counts(gateway, chat, json.loads(answer)['usage'])
    if kind == 'sluice':
        require_counts(gateway, lambda: verify_stream(gateway), {'prompt_tokens': 1, 'completion_tokens': 3, 'total_tokens': 4})


def verify_stream(gateway):
    """Three events pass, and what comes behind them."""
    response, body = ask(gateway, '/stream/chat/completions?n=3&delay_us=0', gateway.headers, (CHATS / 'stream.json').read_text())
    require(re.findall(r'"i":(\d+)', body) == ['0', '1', '2'] and body.endswith('data: [DONE]\n\n'),
            gateway, response, body)


def require_counts(gateway, work, used):
    """The metrics move by `used` when work() is done."""
    before = tokens_counted(gateway)
    work()
    wanted = {name: before[name] + used[name] for name in before}
    deadline = time.monotonic() + 5  # Counted once the answer has been delivered.
    while tokens_counted(gateway) != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    counted = tokens_counted(gateway)
    if counted != wanted:
        fail(f'{gateway.label} has counted {counted} and not {wanted}')


VERIFICATIONS = {'plain': verify_forwarding, 'policies': verify_policies, 'chat': verify_chat}
