"""An RTSP server with a test picture that changes on command, by GStreamer.

Arguments: port user password. A line on standard input changes what is shown: smpte, snow, black, ball.
"freeze" stops the flow of frames without closing anything, "go" lets it go on.
Needs Debian's gir1.2-gst-rtsp-server-1.0, python3-gi and gstreamer1.0-plugins-{base,good,ugly}.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PIPELINE = (
    "( videotestsrc name=picture is-live=true pattern=smpte"
    " ! video/x-raw,width=320,height=180,framerate=10/1"
    " ! valve name=valve ! videoconvert"
    " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 bitrate=400"
    " ! rtph264pay name=pay0 pt=96 )"
)
PATTERNS = {"smpte": 0, "snow": 1, "black": 2, "ball": 18}


def main(port, user, password):
    Gst.init(None)
    loop = GLib.MainLoop()
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(PIPELINE)
    factory.set_shared(True)
    shown = {"pattern": "smpte", "frozen": False}
    media = []

    def apply():
        for each in media:
            picture = each.get_element().get_by_name("picture")
            valve = each.get_element().get_by_name("valve")
            if picture is not None:
                picture.set_property("pattern", PATTERNS[shown["pattern"]])
            if valve is not None:
                valve.set_property("drop", shown["frozen"])
        return False

    def configured(_factory, new):
        media[:] = [new]
        apply()

    factory.connect("media-configure", configured)
    if user:
        auth = GstRtspServer.RTSPAuth()
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.add_digest(user, password, token)
        server.set_auth(auth)
        factory.add_role_from_structure(
            Gst.Structure.new_from_string(
                "viewer,media.factory.access=true,media.factory.construct=true"
            )
        )
    server.get_mount_points().add_factory("/main", factory)
    if server.attach(None) == 0:
        sys.exit("the port can't be listened on")
    print(f"rtsp://127.0.0.1:{server.get_bound_port()}/main", flush=True)

    def listen():
        for line in sys.stdin:
            word = line.strip()
            if word in PATTERNS:
                shown["pattern"] = word
            elif word in ("freeze", "go"):
                shown["frozen"] = word == "freeze"
            GLib.idle_add(apply)
        GLib.idle_add(loop.quit)

    threading.Thread(target=listen, daemon=True).start()
    loop.run()


main(*(sys.argv[1:4] + ["", "", ""])[:3])
