"""One bucket: bytes are written in parts, read by ranges, and let go of.

A key is there with all its bytes or not at all: a large one is put together by the server once every part is there.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress

import aiohttp

from domain.errors import FilesAwayError
from s3.signing import Keys
from s3.transport import Transport, Where

log = logging.getLogger("yanshu.bucket")

PART_BYTES = 8 * 1024 * 1024  # what is in memory of one upload; S3 takes no smaller parts than 5 MB
_READ_BYTES = 256 * 1024
_READS = 3  # how often a file that breaks off is gone on with
_UPLOAD = re.compile(rb"<UploadId>([^<]{1,1024})</UploadId>")
_BEGUN = re.compile(r"<Key>([^<]+)</Key>\s*<UploadId>([^<]+)</UploadId>")
_KEY = re.compile(r"<Key>([^<]+)</Key>")
_NEXT = re.compile(r"<NextContinuationToken>([^<]+)</NextContinuationToken>")


class Bucket:
    """Args:
    where: the bucket.
    keys: who asks.
    patience_seconds: how long a server may say nothing, or take for one part.
    pause_seconds: before a second try.
    """

    def __init__(
        self,
        where: Where,
        keys: Keys,
        *,
        patience_seconds: float = 30.0,
        pause_seconds: float = 0.3,
    ) -> None:
        self._transport = Transport(
            where, keys, patience_seconds=patience_seconds, pause_seconds=pause_seconds
        )

    async def start(self) -> None:
        """Get ready."""
        await self._transport.start()

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    async def check(self) -> None:
        """Look whether the bucket is there and these keys open it. Raises FilesAwayError."""
        await self._transport.ask("GET", "", query={"list-type": "2", "max-keys": "1"})

    async def write(self, key: str, pieces: AsyncIterator[bytes]) -> int:
        """Keep these bytes; returns how many. Raises FilesAwayError, and then nothing is under the key."""
        held, length, upload, marks = bytearray(), 0, "", list[str]()
        try:
            async for piece in pieces:
                held += piece
                while len(held) > PART_BYTES:
                    upload = upload or await self._begin(key)
                    marks.append(await self._part(key, upload, len(marks), held[:PART_BYTES]))
                    length += PART_BYTES
                    del held[:PART_BYTES]
            length += len(held)
            if not upload:
                await self._transport.ask("PUT", key, body=bytes(held))
            else:
                marks.append(await self._part(key, upload, len(marks), held))
                await self._complete(key, upload, marks, length)
        except BaseException:
            if upload:
                with suppress(FilesAwayError):  # what is left is given up by `ids_between`
                    await self._give_up(key, upload)
            raise
        return length

    async def _begin(self, key: str) -> str:
        answer = await self._transport.ask("POST", key, query={"uploads": ""})
        found = _UPLOAD.search(answer.body)
        if found is None:
            raise FilesAwayError
        return html.unescape(found[1].decode())

    async def _part(self, key: str, upload: str, number: int, content: bytearray) -> str:
        """Its mark, by which it is named when all are put together."""
        query = {"partNumber": str(number + 1), "uploadId": upload}
        answer = await self._transport.ask("PUT", key, query=query, body=bytes(content))
        return answer.headers["ETag"]

    async def _complete(self, key: str, upload: str, marks: Sequence[str], length: int) -> None:
        parts = "".join(
            f"<Part><PartNumber>{n}</PartNumber><ETag>{html.escape(mark)}</ETag></Part>"
            for n, mark in enumerate(marks, start=1)
        )
        body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        # 404: it was put together before, and the answer was lost.
        answer = await self._transport.ask(
            "POST", key, query={"uploadId": upload}, body=body, expected=(200, 404)
        )
        # An error may come with 200, because the server begins to answer before it knows; so it is looked at.
        there = await self._transport.ask("HEAD", key, expected=(200, 404))
        if there.status != 200 or there.headers.get("Content-Length") != str(length):
            log.warning("the bucket did not put a file together: %s", answer.trouble)
            raise FilesAwayError

    async def _give_up(self, key: str, upload: str) -> None:
        query = {"uploadId": upload}
        await self._transport.ask("DELETE", key, query=query, expected=(200, 204, 404))

    async def read(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `stop`; what breaks off is gone on with where it did.

        Raises FilesAwayError, also for a key that isn't there.
        """
        at, failures = start, 0
        while stop is None or at < stop:
            try:
                async with self._transport.asked("GET", key, headers=_range(at, stop)) as answer:
                    if answer.status == 416:
                        return
                    if answer.status != 206:
                        raise _Refused(answer.status)
                    async for piece in answer.content.iter_chunked(_READ_BYTES):
                        at += len(piece)
                        yield piece
                    return
            except _Refused as error:
                log.warning("the bucket does not give a file: %s", error)
                if error.status < 500:
                    raise FilesAwayError from None
                trouble = str(error)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                trouble = type(error).__name__
            failures += 1
            if failures == _READS:
                log.warning("the bucket does not give a file: %s", trouble)
                raise FilesAwayError

    async def drop(self, keys: Sequence[str]) -> None:
        """They are no longer wanted; those that aren't there are no harm. Raises FilesAwayError."""
        for key in keys:
            await self._transport.ask("DELETE", key, expected=(200, 204, 404))

    async def keys_between(self, since: str, before: str) -> set[str]:
        """The keys in a range. What was begun under such a key and never put together is given up."""
        for key, upload in await self._begun():
            if since <= key < before:
                await self._give_up(key, upload)
        found: set[str] = set()
        query = {"list-type": "2", "start-after": since[:-1]}
        while True:
            said = (await self._transport.ask("GET", "", query=query)).body.decode()
            keys = [html.unescape(key) for key in _KEY.findall(said)]
            found.update(key for key in keys if since <= key < before)
            more = _NEXT.search(said)
            if more is None or not keys or keys[-1] >= before:
                return found
            query = {"list-type": "2", "continuation-token": html.unescape(more[1])}

    async def _begun(self) -> Iterator[tuple[str, str]]:
        said = (await self._transport.ask("GET", "", query={"uploads": ""})).body.decode()
        return ((html.unescape(key), html.unescape(one)) for key, one in _BEGUN.findall(said))


class _Refused(Exception):
    """A status that brings no bytes."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def _range(start: int, stop: int | None) -> dict[str, str]:
    return {"Range": f"bytes={start}-{'' if stop is None else stop - 1}"}
