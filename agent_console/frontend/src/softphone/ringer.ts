/** The sound of an incoming call, made in the browser, so that no file can be missing when it must ring. */

const PATTERN_MS = 2_600;
const BURSTS: readonly (readonly [number, number])[] = [
  [0, 0.4],
  [0.6, 1.0],
];

export class Ringer {
  private context: AudioContext | undefined;
  private repeat: number | undefined;

  /** Browsers let a page sound only after the person has done something on it. */
  get blocked(): boolean {
    return this.sound().state === "suspended";
  }

  async enable(): Promise<void> {
    await this.sound().resume();
  }

  start(): void {
    this.stop();
    void this.enable();
    this.once();
    this.repeat = window.setInterval(() => this.once(), PATTERN_MS);
  }

  stop(): void {
    clearInterval(this.repeat);
    this.repeat = undefined;
  }

  private sound(): AudioContext {
    this.context ??= new AudioContext();
    return this.context;
  }

  private once(): void {
    const context = this.sound();
    for (const [from, to] of BURSTS) {
      for (const frequency of [660, 880]) this.tone(context, frequency, context.currentTime + from, context.currentTime + to);
    }
  }

  private tone(context: AudioContext, frequency: number, from: number, to: number): void {
    const oscillator = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0 });
    // Edges of a few milliseconds, without which each tone begins and ends with a click.
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.12, from + 0.02);
    gain.gain.setValueAtTime(0.12, to - 0.05);
    gain.gain.linearRampToValueAtTime(0, to);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(to);
  }
}
