/** What a call may do next. Everything shown on the phone follows from this state. */

export type CallState = "idle" | "calling" | "ringing" | "talking" | "held" | "ended";
export type CallEvent = "rang" | "dialled" | "connected" | "held" | "resumed" | "over" | "cleared";

const NEXT: Record<CallState, Partial<Record<CallEvent, CallState>>> = {
  idle: { rang: "ringing", dialled: "calling" },
  calling: { connected: "talking", over: "ended" },
  ringing: { connected: "talking", over: "ended" },
  talking: { held: "held", over: "ended" },
  held: { resumed: "talking", over: "ended" },
  ended: { cleared: "idle", rang: "ringing", dialled: "calling" },
};

/** The state after an event; an event that does not belong here changes nothing. */
export function after(state: CallState, event: CallEvent): CallState {
  return NEXT[state][event] ?? state;
}

/** Somebody is there: leaving the page would cut them off. */
export function isLive(state: CallState): boolean {
  return state === "calling" || state === "talking" || state === "held";
}

export function isFree(state: CallState): boolean {
  return state === "idle" || state === "ended";
}
