"""panoramisk's FastAGI server, on asyncio."""

import asyncio
import sys
from typing import Any

from panoramisk.fast_agi import Application


async def converse(request: Any) -> None:
    await request.send_command("GET VARIABLE LANGUAGE")
    await request.send_command("SET VARIABLE DAMRONG_QUEUE p50")
    await request.send_command('VERBOSE "on the way" 1')
    await request.send_command("GET VARIABLE LANGUAGE")
    await request.send_command("SET VARIABLE DAMRONG_NEXT end")


async def serve(port: int) -> None:
    application = Application(loop=asyncio.get_running_loop())
    application.add_route("tiny", converse)
    server = await asyncio.start_server(application.handler, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
