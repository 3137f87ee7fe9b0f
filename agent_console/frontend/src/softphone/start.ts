/** Binds the softphone's buttons, keys and events; the one place that knows both the page and the phone. */
import { find, on } from "../dom";
import { bind } from "../shortcuts";
import { Softphone } from "./softphone";
import { TabLock } from "./tab-lock";
import { TargetDialog } from "./targets";

type Actions = Record<string, (button: HTMLElement) => void>;

function actionsOf(phone: Softphone, tab: TabLock, targets: TargetDialog | undefined): Actions {
  const withTarget = (act: (target: string) => void) => (): void => {
    const target = targets?.chosen;
    if (!target) return;
    targets.close();
    act(target);
  };
  return {
    answer: () => phone.answer(),
    "hang-up": () => void phone.hangUp(),
    mute: () => phone.toggleMute(),
    hold: () => phone.toggleHold(),
    keypad: () => phone.view.keypad(),
    transfer: () => targets?.open(),
    "blind-transfer": withTarget((target) => void phone.transferTo(target)),
    consult: withTarget((target) => phone.consult(target)),
    "complete-transfer": () => void phone.completeTransfer(),
    "cancel-transfer": () => phone.cancelTransfer(),
    "take-over": () => tab.takeOver(),
    "enable-sound": () => void phone.enableSound(),
    "allow-notifications": (button) => void phone.allowNotifications().then(() => (button.hidden = true)),
    "test-microphone": (button) => void testMicrophone(phone, button),
  };
}

async function testMicrophone(phone: Softphone, button: HTMLElement): Promise<void> {
  const { microphone } = phone;
  try {
    if (microphone.testing) microphone.stopTest();
    else await microphone.startTest();
  } catch {
    phone.view.problem("phone.problem.microphone");
  }
  button.setAttribute("aria-pressed", String(microphone.testing));
}

function listenToClicks(phone: Softphone, actions: Actions): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>("[data-phone-action], [data-callback], [data-phone] [data-digit]");
    if (!button) return;
    const { phoneAction, callback, digit } = button.dataset;
    if (phoneAction) actions[phoneAction]?.(button);
    else if (callback) phone.callBack(callback);
    else if (digit) phone.press(digit);
  });
  // The first touch of the page anywhere is what browsers want before they let it ring.
  addEventListener("pointerdown", () => void phone.enableSound(), { once: true });
}

function bindKeys(phone: Softphone, targets: TargetDialog | undefined): void {
  bind("Alt+KeyA", () => phone.answer());
  bind("Alt+KeyX", () => {
    if (phone.busy) void phone.hangUp();
    return phone.busy;
  });
  bind("Alt+KeyM", () => phone.toggleMute());
  bind("Alt+KeyH", () => phone.toggleHold());
  bind("Alt+KeyT", () => {
    if (phone.inConversation) targets?.open();
    return phone.inConversation;
  });
}

function holdOnePhone(phone: Softphone, name: string): TabLock {
  const tab = new TabLock(name, {
    mine: () => phone.line.start(),
    elsewhere: () => phone.view.line("elsewhere"),
    release: () => {
      if (phone.busy) return false;
      phone.line.stop();
      return true;
    },
    refused: () => phone.view.problem("phone.problem.busy_elsewhere"),
  });
  return tab;
}

interface PhoneState {
  extension: string;
  reachable: boolean;
}

export function startSoftphone(): void {
  const root = document.getElementById("softphone");
  if (!root?.dataset["credentialsUrl"]) return;
  const extension = root.dataset["extension"] ?? "";
  const phone = new Softphone(root);
  const tab = holdOnePhone(phone, `damrong-softphone-${extension}`);
  const dialog = find<HTMLDialogElement>(document, "#transfer-dialog");
  const targets = dialog ? new TargetDialog(dialog, root.dataset["targetsUrl"] ?? "") : undefined;
  listenToClicks(phone, actionsOf(phone, tab, targets));
  bindKeys(phone, targets);
  on<PhoneState>("phone-state", (state) => {
    if (state.extension === extension && !state.reachable) phone.line.registerAnew();
  });
  addEventListener("beforeunload", (event) => {
    if (phone.inConversation) event.preventDefault();
  });
  const ask = find(root, '[data-phone-action="allow-notifications"]');
  if (ask) ask.hidden = !phone.notificationsUndecided;
  tab.start();
}
