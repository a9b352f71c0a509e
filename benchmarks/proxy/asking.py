# SPDX-License-Identifier: Apache-2.0
"""What clients send, and how to ask a gateway once."""
import http.client
import pathlib
import ssl

CHATS = pathlib.Path(__file__).resolve().parent / 'chats'

ORDINARY_HEADERS = {'User-Agent': 'bench/1', 'Accept': '*/*'}
POLICY_HEADERS = ORDINARY_HEADERS | {'Ocp-Apim-Subscription-Key': 'bench-primary-key', 'X-Tenant': 'alpha', 'X-Debug': '1'}
CHAT_HEADERS = ORDINARY_HEADERS | {'Authorization': 'Bearer of-the-client', 'api-key': 'bench-primary-key'}
# What a gateway does besides forwarding: a folder of artifacts for Sluice, and what clients send.
WORK_HEADERS = {'plain': ORDINARY_HEADERS, 'policies': POLICY_HEADERS, 'chat': CHAT_HEADERS}
# What bench_load is to ask for, by its options; without a row it knows by itself.
WORK_REQUESTS = {'chat': {'rest': '/chat/completions', 'body': CHATS / 'request.json'}}


def ask(gateway, rest, headers, body=None):
    """GET, or POST of the JSON `body`."""
    kind = http.client.HTTPConnection
    options = {}
    if gateway.contestant.listener == 'tls':
        kind = http.client.HTTPSConnection
        options = {'context': ssl._create_unverified_context()}
    connection = kind('127.0.0.1', gateway.port, timeout=30, **options)
    connection.request('POST' if body else 'GET', gateway.path(rest), body=body,
                       headers=headers | ({'Content-Type': 'application/json'} if body else {}))
    response = connection.getresponse()
    answer = response.read().decode()
    connection.close()
    return response, answer
