/** JsSIP waits until every network path is known, which can take seconds. One path of this machine is enough. */
import type { RTCSession } from "jssip/lib/RTCSession";

/** Lets the other addresses of this machine, which come in the same instant, join the first. */
const TOGETHER_MS = 40;
const LONGEST_MS = 500;

export function isHost(candidate: string): boolean {
  return / typ host\b/.test(candidate) && !/ tcp /i.test(candidate);
}

/** Every offer and answer (also those of hold and resume) has its own `ready`; it is called once. */
export function hurry(session: RTCSession): void {
  const called = new WeakSet<VoidFunction>();
  session.on("icecandidate", ({ candidate, ready }) => {
    const finish = (): void => {
      if (called.has(ready)) return;
      called.add(ready);
      ready();
    };
    setTimeout(finish, isHost(candidate.candidate) ? TOGETHER_MS : LONGEST_MS);
  });
}
