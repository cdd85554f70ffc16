"""A visitor without a browser: speaks to the server as Streamlit's frontend does.

A browser would add its drawing to what is measured, which hides the server's part.
"""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from pages.ui.layout import PAGES
from tests.browser.server import Server


@dataclass(frozen=True)
class View:
    """What a visitor looks at: a page, with the parameters in its URL."""

    name: str
    slug: str
    query_string: str = ""

    @property
    def url_pathname(self) -> str:
        """The page in the URL, without a slash."""
        return PAGES[self.slug].title if self.slug in PAGES and self.slug != "home" else ""

    @property
    def sign(self) -> str:
        """What every full run of it sends: the page's question; of no page of ours, its name."""
        return PAGES[self.slug].question if self.slug in PAGES else self.name


@dataclass(frozen=True)
class Answer:
    """What the server sent for a rerun.

    Attributes:
        seconds: From the request to the end of the script's run.
        messages: Every message, in turn.
        n_bytes: Their size.
    """

    seconds: float
    messages: list[ForwardMsg]
    n_bytes: int


@dataclass
class Visitor:
    """One who looks at a view and asks for reruns of it."""

    view: View
    connection: ClientConnection
    query_string: str
    known: set[str] = field(default_factory=set)  # messages that need not be sent again
    components: dict[str, str] = field(default_factory=dict)  # widget ids by key
    fragments: dict[str, str] = field(default_factory=dict)  # of those within one, by key
    clocks: dict[str, float] = field(default_factory=dict)  # seconds, by fragment

    def rerun(self) -> Answer:
        """Ask for a rerun, and wait until the last of it has arrived."""
        self.clocks.clear()
        return self._ask(BackMsg())

    def trigger(self, key: str, event: str, value: object) -> Answer:
        """Do in a component what tells the page about an event, and wait for the rerun."""
        request = BackMsg()
        component = self.components[key]
        widgets = request.rerun_script.widget_states.widgets
        widgets.add(id=component, json_value="{}")
        widgets.add(
            id=f"$$STREAMLIT_INTERNAL_KEY_{component}__events",
            json_trigger_value=json.dumps([{"event": event, "value": value}]),
        )
        return self._ask(request)

    def report(self, key: str, state: object) -> Answer:
        """Let a component report its state, and wait for the rerun of what it is a part of."""
        request = BackMsg()
        request.rerun_script.fragment_id = self.fragments.get(key, "")
        request.rerun_script.widget_states.widgets.add(
            id=self.components[key], json_value=json.dumps(state)
        )
        return self._ask(request)

    def tick(self, fragment: str) -> Answer:
        """Ask for a fragment again, as its clock does, and wait for it."""
        request = BackMsg()
        request.rerun_script.fragment_id = fragment
        request.rerun_script.is_auto_rerun = True
        return self._ask(request)

    def _ask(self, request: BackMsg) -> Answer:
        request.rerun_script.page_name = self.view.url_pathname
        request.rerun_script.query_string = self.query_string
        request.rerun_script.cached_message_hashes.extend(self.known)
        start = time.perf_counter()
        self.connection.send(request.SerializeToString())
        content: list[bytes] = []
        messages = [ForwardMsg()]
        # One that asks for a rerun of the page is followed by that.
        while (
            messages[-1].WhichOneof("type") != "script_finished"
            or messages[-1].script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
        ):
            self._acknowledge_at_once()
            received = self.connection.recv(timeout=60)
            assert isinstance(received, bytes)
            content.append(received)
            messages.append(ForwardMsg.FromString(received))
        seconds = time.perf_counter() - start
        # A rerun of a fragment does not send what stands above it.
        if not request.rerun_script.fragment_id:
            sign = self.view.sign.encode()
            assert any(sign in part for part in content), f"this is not {self.view.name}"
        for message in messages:
            self._take_in(message)
        return Answer(seconds, messages, sum(len(part) for part in content))

    def _take_in(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable:
            self.known.add(message.hash)
        if message.WhichOneof("type") == "page_info_changed":
            self.query_string = message.page_info_changed.query_string
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.clocks.clear()  # the page comes anew, and sets its clocks
        if message.WhichOneof("type") == "auto_rerun":
            self.clocks[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        element = message.delta.new_element
        if element.WhichOneof("type") == "bidi_component":
            key = element.bidi_component.id.rsplit("-", 1)[-1]
            self.components[key] = element.bidi_component.id
            self.fragments[key] = message.delta.fragment_id

    def _acknowledge_at_once(self) -> None:
        # The server's socket waits for an acknowledgement before it sends more, and where reruns
        # follow each other the kernel puts that off for 40 ms, which would hide all else. After a
        # pause, as visitors make, it does not. The kernel forgets this setting again and again.
        self.connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


@contextlib.contextmanager
def visit(server: Server, view: View) -> Iterator[Visitor]:
    """Let a visitor come to a view."""
    url = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(url, max_size=None, compression=None) as connection:
        yield Visitor(view, connection, view.query_string)
