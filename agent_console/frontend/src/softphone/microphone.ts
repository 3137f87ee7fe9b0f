/** Which microphone and loudspeaker, whether the microphone hears anything, and the choice kept for next time. */
import { find } from "../dom";
import { text } from "../texts";
import { toPercent } from "./media";

type Kind = "audioinput" | "audiooutput";
const KEYS: Record<Kind, string> = { audioinput: "damrong.microphone", audiooutput: "damrong.speaker" };

export function micAvailable(): boolean {
  return "mediaDevices" in navigator;
}

export class Microphone {
  private test: { stream: MediaStream; context: AudioContext; timer: number } | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly speakers: () => HTMLAudioElement[],
  ) {}

  start(): void {
    this.bind("audioinput", "microphone");
    this.bind("audiooutput", "speaker");
    if (!micAvailable()) return;
    navigator.mediaDevices.addEventListener("devicechange", () => void this.list());
    void this.list();
  }

  get constraints(): MediaTrackConstraints {
    const chosen = localStorage.getItem(KEYS.audioinput);
    return {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      // Not `exact`: a headset that was unplugged must not keep a call from being answered.
      ...(chosen ? { deviceId: { ideal: chosen } } : {}),
    };
  }

  get testing(): boolean {
    return this.test !== undefined;
  }

  async startTest(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: this.constraints });
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = window.setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.show(Math.max(...samples.map(Math.abs)));
    }, 80);
    this.test = { stream, context, timer };
    // Names of devices are told only after permission.
    await this.list();
  }

  stopTest(): void {
    if (!this.test) return;
    clearInterval(this.test.timer);
    this.test.stream.getTracks().forEach((track) => track.stop());
    void this.test.context.close();
    this.test = undefined;
    this.show(0);
  }

  applySpeaker(): void {
    const id = localStorage.getItem(KEYS.audiooutput) ?? "";
    for (const audio of this.speakers()) {
      if ("setSinkId" in audio) audio.setSinkId(id).catch(() => undefined);
    }
  }

  private show(level: number): void {
    const meter = find(this.root, '[data-phone="meter"]');
    if (!meter) return;
    const percent = toPercent(level);
    meter.dataset["level"] = String(percent);
    const bar = find(meter, ".meter-bar > span");
    if (bar) bar.style.width = `${percent}%`;
  }

  private bind(kind: Kind, name: string): void {
    this.select(name)?.addEventListener("change", (event) => {
      localStorage.setItem(KEYS[kind], (event.target as HTMLSelectElement).value);
      if (kind === "audiooutput") this.applySpeaker();
      else if (this.testing) {
        this.stopTest();
        void this.startTest();
      }
    });
  }

  private async list(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    this.fill("audioinput", "microphone", devices);
    this.fill("audiooutput", "speaker", devices);
  }

  private fill(kind: Kind, name: string, devices: MediaDeviceInfo[]): void {
    const select = this.select(name);
    if (!select) return;
    const named = devices.filter((device) => device.kind === kind && device.deviceId && device.label);
    select.replaceChildren(
      new Option(text("phone.device.default"), ""),
      ...named.filter(({ deviceId }) => deviceId !== "default").map(({ label, deviceId }) => new Option(label, deviceId)),
    );
    select.value = localStorage.getItem(KEYS[kind]) ?? "";
    if (select.selectedIndex < 0) select.value = "";
  }

  private select(name: string): HTMLSelectElement | null {
    return find<HTMLSelectElement>(this.root, `[data-phone="${name}"]`);
  }
}
