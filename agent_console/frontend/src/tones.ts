/** The two tones of a telephone key, so that pressing one sounds like a telephone. */

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYS = "123456789*0#";
const SECONDS = 0.14;

/** The pair of frequencies (Hz) of a key by ITU-T Q.23; undefined for anything that is not a key. */
export function frequencies(key: string): [number, number] | undefined {
  const index = key.length === 1 ? KEYS.indexOf(key) : -1;
  const row = ROWS[Math.floor(index / 3)];
  const column = COLUMNS[index % 3];
  return row !== undefined && column !== undefined ? [row, column] : undefined;
}

let context: AudioContext | undefined;

export function playKey(key: string): void {
  context ??= new AudioContext();
  void context.resume();
  for (const frequency of frequencies(key) ?? []) {
    const oscillator = new OscillatorNode(context, { frequency });
    oscillator.connect(new GainNode(context, { gain: 0.06 })).connect(context.destination);
    oscillator.start();
    oscillator.stop(context.currentTime + SECONDS);
  }
}
