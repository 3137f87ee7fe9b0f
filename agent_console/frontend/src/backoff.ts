/** Waiting times between tries: doubling, bounded, and spread so that a restarted server is not stormed by every browser at once. */
export class Backoff {
  private tries = 0;

  constructor(
    private readonly firstMs: number,
    private readonly mostMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  next(): number {
    const whole = Math.min(this.firstMs * 2 ** this.tries, this.mostMs);
    this.tries += 1;
    return Math.round(whole * (0.75 + this.random() * 0.5));
  }

  reset(): void {
    this.tries = 0;
  }
}
