"""A small app over Slack's own client, slack_sdk: Socket Mode in, Web API out. Played against the stand-in."""

import sys
import threading

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook import WebhookClient

base_url, bot_token, app_token = sys.argv[1:4]
web = WebClient(token=bot_token, base_url=base_url)


def plain(text):
    return {"type": "plain_text", "text": text}


MODAL = {
    "type": "modal",
    "callback_id": "ask",
    "title": plain("Ask"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": plain("Why"),
            "element": {"type": "plain_text_input", "action_id": "value"},
        }
    ],
}


def card(text):
    button = {"type": "button", "action_id": "accept", "text": plain("Accept"), "value": "42"}
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        {"type": "actions", "block_id": "do", "elements": [button]},
    ]


def answer(client, request):
    payload = request.payload
    reply = None
    if request.type == "slash_commands":
        if payload["text"] == "form":
            web.views_open(trigger_id=payload["trigger_id"], view=MODAL)
        else:
            reply = {"response_type": "ephemeral", "text": f"You said {payload['text']}."}
    elif request.type == "interactive" and payload["type"] == "view_submission":
        why = payload["view"]["state"]["values"]["why"]["value"]["value"]
        if len(why) < 5:
            reply = {"response_action": "errors", "errors": {"why": "Say more."}}
        else:
            web.chat_postMessage(
                channel="C0OPS",
                text=why,
                blocks=card(why),
                metadata={"event_type": "official", "event_payload": {"kind": "card"}},
            )
    elif request.type == "interactive" and payload["type"] == "block_actions":
        web.chat_update(
            channel=payload["channel"]["id"],
            ts=payload["message"]["ts"],
            text="Accepted",
            blocks=[],
        )
        sent = WebhookClient(payload["response_url"]).send(
            text="Thank you.", response_type="ephemeral", replace_original=False
        )
        assert sent.status_code == 200 and sent.body == "ok", sent.body
    elif request.type == "events_api" and payload["event"]["type"] == "app_home_opened":
        view = {"type": "home", "blocks": [{"type": "header", "text": plain("Your desk")}]}
        web.views_publish(user_id=payload["event"]["user"], view=view)
    client.send_socket_mode_response(
        SocketModeResponse(envelope_id=request.envelope_id, payload=reply)
    )


def calls():
    """The methods that answer without a person."""
    me = web.auth_test()
    assert me["user_id"] and me["bot_id"], me
    assert web.users_info(user="U0ADA")["user"]["real_name"] == "Ada Lovelace"
    assert {one["id"] for one in web.users_list()["members"]} >= {"U0ADA", "U0BEN"}
    direct = web.conversations_open(users="U0ADA")["channel"]["id"]
    said = web.chat_postMessage(channel=direct, text="Good morning")
    history = web.conversations_history(channel=direct, limit=5)
    assert history["messages"][0]["ts"] == said["ts"], history
    assert "C0OPS" in {one["id"] for one in web.conversations_list()["channels"]}
    assert "U0BEN" in web.conversations_members(channel="C0OPS")["members"]
    assert web.chat_getPermalink(channel=direct, message_ts=said["ts"])["permalink"]
    web.chat_postEphemeral(channel="C0OPS", user="U0BEN", text="You alone")
    web.chat_delete(channel=direct, ts=said["ts"])
    web.files_upload_v2(channel="C0OPS", filename="audit.csv", content="a,b\n1,2\n")
    for wanted, bad in [
        ("channel_not_found", lambda: web.chat_postMessage(channel="C0NONE", text="x")),
        ("no_text", lambda: web.chat_postMessage(channel=direct)),
        ("invalid_blocks", lambda: web.chat_postMessage(channel=direct, text="x", blocks=[{"type": "nothing"}])),
        ("message_not_found", lambda: web.chat_update(channel=direct, ts="1.000001", text="x")),
    ]:
        try:
            bad()
        except SlackApiError as error:
            assert error.response["error"] == wanted, (wanted, error.response["error"])
        else:
            raise AssertionError(f"{wanted} was expected")


calls()
socket = SocketModeClient(app_token=app_token, web_client=WebClient(token=bot_token, base_url=base_url))
socket.socket_mode_request_listeners.append(answer)
# A new connection is read only once the old one is closed, which takes it up to three seconds: said when it hears again.
socket.message_listeners.append(
    lambda _, message, raw: print("hello", flush=True) if message.get("type") == "hello" else None
)
socket.connect()
threading.Event().wait()
