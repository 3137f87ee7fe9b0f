/** Province → district → subdistrict, chosen or typed; the postcode follows. */
import { all, find, within } from "./dom";
import { getJson } from "./http";
import { onContent } from "./hypermedia";
import { PlaceSearch, type FoundPlace } from "./place-search";

interface Area {
  code: string;
  name: string;
  postcode?: string | null;
}

type Level = "province" | "district" | "subdistrict";

class PlaceFields {
  constructor(private readonly root: HTMLElement) {}

  start(): void {
    this.select("province")?.addEventListener("change", () => void this.provinceChosen());
    this.select("district")?.addEventListener("change", () => void this.districtChosen());
    this.select("subdistrict")?.addEventListener("change", () => this.fillPostcode());
    this.root.closest("form")?.addEventListener("damrong:draft-restored", () => void this.restored());
    const search = find<HTMLInputElement>(this.root, "[data-place-search]");
    const url = this.root.dataset["searchUrl"];
    if (search && url) new PlaceSearch(search, url, (place) => void this.choose(place)).start();
  }

  private async choose(place: FoundPlace): Promise<void> {
    const province = this.select("province");
    if (province && place.province_code) province.value = place.province_code;
    await this.provinceChosen(place.district_code ?? "");
    await this.districtChosen(place.subdistrict_code ?? "");
    const postcode = find<HTMLInputElement>(this.root, "[data-place-postcode]");
    if (postcode && place.postcode) postcode.value = place.postcode;
    this.root.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private async provinceChosen(district = ""): Promise<void> {
    const code = this.select("province")?.value ?? "";
    this.fill("subdistrict", []);
    const areas = await this.areas(this.root.dataset["districtsUrl"], code);
    // Another province may have been chosen while this one's districts were on their way.
    if (this.select("province")?.value === code) this.fill("district", areas, district);
  }

  private async districtChosen(subdistrict = ""): Promise<void> {
    const code = this.select("district")?.value ?? "";
    const areas = await this.areas(this.root.dataset["subdistrictsUrl"], code);
    if (this.select("district")?.value === code) this.fill("subdistrict", areas, subdistrict);
    if (subdistrict) this.fillPostcode();
  }

  /** A restored draft names districts whose options are not on the page yet. */
  private async restored(): Promise<void> {
    const district = this.wanted("district");
    const subdistrict = this.wanted("subdistrict");
    if (district) await this.provinceChosen(district);
    if (district || subdistrict) await this.districtChosen(subdistrict);
  }

  private wanted(level: Level): string {
    const select = this.select(level);
    const value = select?.dataset["wanted"] ?? "";
    if (select) delete select.dataset["wanted"];
    return value;
  }

  private async areas(template: string | undefined, code: string): Promise<Area[]> {
    if (!template || !code) return [];
    try {
      return await getJson<Area[]>(template.replace("{code}", encodeURIComponent(code)));
    } catch {
      return [];
    }
  }

  private fill(level: Level, areas: Area[], chosen = ""): void {
    const select = this.select(level);
    if (!select) return;
    const empty = find<HTMLOptionElement>(select, 'option[value=""]') ?? new Option("", "");
    const options = areas.map(({ code, name, postcode }) => {
      const option = new Option(name, code, false, code === chosen);
      if (postcode) option.dataset["postcode"] = postcode;
      return option;
    });
    select.replaceChildren(empty, ...options);
    select.value = chosen && areas.some(({ code }) => code === chosen) ? chosen : "";
    select.disabled = areas.length === 0;
  }

  private fillPostcode(): void {
    const postcode = this.select("subdistrict")?.selectedOptions[0]?.dataset["postcode"];
    const field = find<HTMLInputElement>(this.root, "[data-place-postcode]");
    if (field && postcode) field.value = postcode;
  }

  private select(level: Level): HTMLSelectElement | null {
    return find<HTMLSelectElement>(this.root, `[data-place-level="${level}"]`);
  }
}

export function startPlaces(): void {
  onContent((root) => within(root, "[data-place]").forEach((place) => new PlaceFields(place).start()));
  // Enter in the search box chooses a place; it must not save the case.
  document.addEventListener("keydown", (event) => {
    if (event.code === "Enter" && !event.ctrlKey && all(document, "[data-place-search]:focus").length) event.preventDefault();
  });
}
