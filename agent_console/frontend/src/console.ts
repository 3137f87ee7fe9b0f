/** Entry of every signed-in page. Each part looks for its own elements and does nothing where they are missing. */
import { startConveniences } from "./conveniences";
import { startDrafts } from "./draft";
import { startHypermedia } from "./hypermedia";
import { startLive } from "./live";
import { startPlaces } from "./place";
import { startRecordings } from "./recordings";
import { startRota } from "./rota/start";
import { startShortcuts } from "./shortcuts";
import { startSoftphone } from "./softphone/start";
import { startToasts } from "./toast";
import { startUploads } from "./upload";
import { startWrapUp } from "./wrapup";

startHypermedia();
startToasts();
startConveniences();
// Before the shortcuts: in the grid a single key is a shift.
startRota();
startShortcuts();
// Places before drafts: a restored draft asks them for the districts it names.
startPlaces();
startDrafts();
startWrapUp();
startUploads();
startRecordings();
startLive();
startSoftphone();
