import { encodeDown, ERRORS } from '@atomsync/protocol';
import { Observable } from 'rxjs';
import type { RawData, WebSocket } from 'ws';
import type { Link } from '../link';

const TOO_LARGE = 1009;

/** A `Link` over a socket of `ws`. */
export function wsLink(socket: WebSocket, maxFrame: number): Link {
  nameTooLarge(socket, maxFrame);
  let closedWith: number | undefined;
  return {
    frames$: new Observable((subscriber) => {
      // No text frame is a message; an empty one is refused as malformed like any other.
      socket.on('message', (data, isBinary) => subscriber.next(isBinary ? bytesOf(data) : new Uint8Array(0)));
      socket.on('error', () => undefined);
      socket.on('close', (code) => {
        closedWith = code;
        subscriber.complete();
      });
    }),
    send: (frame) => {
      if (socket.readyState === socket.OPEN) socket.send(frame, { binary: true });
    },
    buffered: () => socket.bufferedAmount,
    close: (code, reason) => socket.close(code, reason),
    closedWith: () => closedWith,
  };
}

/** `ws` closes with a bare 1009 before anyone hears of it; the protocol promises a named error and its code. */
function nameTooLarge(socket: WebSocket, maxFrame: number): void {
  const close = socket.close.bind(socket);
  socket.close = (code, reason) => {
    if (code !== TOO_LARGE) return close(code, reason);
    const message = `A frame has at most ${maxFrame} bytes; send less at once.`;
    socket.send(encodeDown({ type: 'error', code: 'FRAME_TOO_LARGE', message, retryable: false }));
    close(ERRORS.FRAME_TOO_LARGE.close, 'FRAME_TOO_LARGE');
  };
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
