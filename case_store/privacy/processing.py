"""The record of processing (PDPA B.E. 2562, s.39): what is kept of whom, why, for how long, and how it is safe.

Fixed words for printing. How long each category is kept stands in the policies, and refusals in the list of requests.
"""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Text:
    """The same sentence in both languages."""

    th: str
    en: str

    def of(self, language: str) -> str:
        return self.en if language == "en" else self.th


@dataclass(frozen=True)
class Section:
    """One heading of the record, with its points. `source`: the page of the console that holds the current figures."""

    title: Text
    points: tuple[Text, ...]
    source: Literal["policies", "requests"] | None = None


TITLE: Final = Text(
    "บันทึกรายการกิจกรรมการประมวลผลข้อมูลส่วนบุคคล",
    "Record of processing activities",
)
LAW: Final = Text(
    "ตามมาตรา 39 แห่งพระราชบัญญัติคุ้มครองข้อมูลส่วนบุคคล พ.ศ. 2562",
    "Under section 39 of the Personal Data Protection Act B.E. 2562 (2019)",
)


def record_of_processing() -> tuple[Section, ...]:
    """The record, heading by heading, in the order of the section's list."""
    return _SECTIONS


_SECTIONS: Final = (
    Section(
        Text("ผู้ควบคุมข้อมูลส่วนบุคคล", "Data controller"),
        (
            Text(
                "กระทรวงมหาดไทย โดยศูนย์ดำรงธรรมกระทรวงมหาดไทย และจังหวัด โดยศูนย์ดำรงธรรมจังหวัด "
                "สำหรับเรื่องที่ศูนย์นั้นรับผิดชอบ",
                "The Ministry of Interior through its Damrongdhama Centre, and each province through its own, for "
                "the cases that the centre is responsible for",
            ),
        ),
    ),
    Section(
        Text("ข้อมูลส่วนบุคคลที่เก็บรวบรวม", "Personal data that is collected"),
        (
            Text(
                "ผู้ร้อง: ชื่อ หมายเลขโทรศัพท์ เลขประจำตัวประชาชน ที่อยู่ อีเมล เท่าที่ผู้ร้องให้ไว้",
                "Of complainants: name, telephone number, national id, address and e-mail, as far as they gave them",
            ),
            Text(
                "ผู้โทรสายด่วน 1567: หมายเลขโทรศัพท์ เวลาที่โทร เสียงสนทนาที่บันทึกเมื่อได้แจ้งแล้ว "
                "ไม่มีการวิเคราะห์เสียงเพื่อระบุตัวบุคคล",
                "Of callers to 1567: number, times of the call, and the talk when its recording was announced; no "
                "voice is analysed to identify anybody",
            ),
            Text(
                "ผู้ถูกร้องและบุคคลอื่น: ข้อความตามที่ผู้ร้องกล่าวถึง และเอกสารแนบ ซึ่งอาจมีข้อมูลอ่อนไหวตามมาตรา 26",
                "Of respondents and others: what the complainant says of them, and attachments; sensitive data under "
                "section 26 may be among it",
            ),
            Text(
                "เจ้าหน้าที่: ชื่อ บัญชีผู้ใช้ บทบาท หน่วยงาน และสิ่งที่ได้ดำเนินการ",
                "Of staff: name, account, role, office, and what they did",
            ),
        ),
    ),
    Section(
        Text("วัตถุประสงค์และฐานทางกฎหมาย", "Purposes and legal basis"),
        (
            Text(
                "รับ ติดตาม และแก้ไขเรื่องร้องเรียนร้องทุกข์ และแจ้งผลให้ผู้ร้องทราบ: การปฏิบัติหน้าที่เพื่อประโยชน์สาธารณะ"
                "หรือการใช้อำนาจรัฐ ตามมาตรา 24 (4) และหน้าที่ตามกฎหมาย ตามมาตรา 24 (6)",
                "To take, follow up and settle complaints, and to answer the complainant: public task or official "
                "authority under section 24(4), and legal duty under section 24(6)",
            ),
            Text(
                "สถิติเพื่อปรับปรุงการบริการ โดยไม่ระบุตัวบุคคล",
                "Statistics for better service, which name nobody",
            ),
            Text(
                "ตรวจสอบย้อนหลังว่าใครทำสิ่งใดกับข้อมูล",
                "To find out afterwards who did what with the data",
            ),
        ),
    ),
    Section(
        Text("ระยะเวลาการเก็บรักษา", "How long it is kept"),
        (
            Text(
                "ตามนโยบายของแต่ละประเภทเรื่อง นับจากวันที่ยุติเรื่อง เมื่อครบกำหนดจะลบข้อมูลที่ระบุตัวบุคคลหรือทำลายทั้งเรื่อง "
                "เมื่อผู้มีอำนาจอนุมัติแล้ว เว้นแต่มีเหตุต้องเก็บไว้เพื่อการดำเนินคดี",
                "By the policy of each category, from the day on which a case ended. Then what identifies people is "
                "erased, or the whole case destroyed, once it was approved, unless it must be kept for legal "
                "proceedings",
            ),
            Text(
                "เสียงสนทนาและข้อความเสียงที่ผู้โทรฝากไว้ และข้อมูลที่ระบุตัวผู้โทร (หมายเลขโทรศัพท์ บันทึกการโทรกลับ "
                "และการเชื่อมโยงกับเรื่อง): ตามนโยบายของสาย นับเป็นรายเดือน ค่าเริ่มต้นคือทำลายเสียงเมื่อครบ 12 เดือนหลังสาย "
                "และลบข้อมูลผู้โทรเมื่อครบ 5 ปีหลังสาย เมื่อผู้มีอำนาจอนุมัติแล้ว เว้นแต่สายของเรื่องที่ยังไม่ยุติหรือถูกระงับการลบ "
                "และข้อความหรือคำขอให้โทรกลับที่ยังไม่มีผู้ดำเนินการ คงไว้เฉพาะเวลา จังหวัด คิว และผลของสายเพื่อทำสถิติ",
                "The sound of talks and of messages that callers left, and what identifies callers (number, notes "
                "of call-backs, links to cases): by the policies of calls, by whole months. Unless these say "
                "otherwise the sound is destroyed 12 months after the call, and who called is erased 5 years after "
                "it, once it was approved; not for calls of cases that run or are held, nor messages and call-backs "
                "that nobody has settled. Times, province, queue and outcome stay for statistics",
            ),
            Text(
                "แบบที่กรอกค้างไว้: 14 วัน ข้อมูลสำรอง: ไม่เกิน 30 วัน",
                "Forms not saved yet: 14 days. Backups: at most 30 days",
            ),
        ),
        source="policies",
    ),
    Section(
        Text("สิทธิของเจ้าของข้อมูลและวิธีใช้สิทธิ", "Rights of data subjects, and how to use them"),
        (
            Text(
                "ขอเข้าถึงและขอรับสำเนา แก้ไข ลบ ระงับการใช้ คัดค้าน และขอรับหรือให้โอนข้อมูล "
                "โดยยื่นคำขอต่อศูนย์ดำรงธรรมที่รับผิดชอบเรื่อง หรือโทร 1567",
                "Access and copy, correction, erasure, restriction, objection and portability: by a request to the "
                "centre that is responsible for the case, or by calling 1567",
            ),
            Text(
                "ตอบคำขอเข้าถึงภายใน 30 วัน ลบหรือทำลายภายใน 90 วันรวมสำเนาและข้อมูลสำรอง",
                "Access is answered within 30 days; erasure within 90 days, copies and backups included",
            ),
            Text(
                "สิทธิขอลบไม่ใช้กับข้อมูลที่เก็บไว้เพื่อภารกิจสาธารณะตามมาตรา 24 (4) ตามมาตรา 33 วรรคสอง เว้นแต่ศูนย์เห็นสมควร",
                "The right to erasure does not reach what is held for the public task under section 24(4) "
                "(section 33), unless the centre grants it all the same",
            ),
        ),
    ),
    Section(
        Text("การใช้หรือเปิดเผยข้อมูล", "Use and disclosure"),
        (
            Text(
                "หน่วยงานที่รับเรื่องต่อเห็นเฉพาะเรื่องที่ส่งให้ และเห็นตัวผู้ร้องเฉพาะเมื่อศูนย์เปิดเผยโดยเจตนา "
                "และผู้ร้องไม่ได้ขอปกปิด",
                "An agency sees only what was referred to it, and who complains only when the centre disclosed it on "
                "purpose and the complainant did not ask to stay unknown",
            ),
            Text(
                "ผู้ร้องที่ขอปกปิดต่อทุกคน: เปิดดูได้เมื่อระบุเหตุผล ซึ่งบันทึกไว้ในบันทึกการตรวจสอบทุกครั้ง",
                "Of those who stay unknown to all: revealed only for a typed reason, each time written into the audit "
                "trail",
            ),
            Text(
                "เสียงสนทนาฟังได้เฉพาะผู้กำกับดูแลของศูนย์ ข้อความเสียงที่ฝากไว้ฟังได้เฉพาะผู้ที่มีหน้าที่โทรกลับ "
                "ระบบจดลงบันทึกการตรวจสอบก่อนเปิดเสียงทุกครั้งว่าใครฟังสายใด เมื่อใด",
                "A talk is heard only by those who watch over the centre, a message only by those who call back; who "
                "hears which call and when is written into the audit trail before it plays",
            ),
        ),
    ),
    Section(
        Text("การปฏิเสธคำขอและการคัดค้าน", "Refused requests and objections"),
        (
            Text(
                "บันทึกพร้อมเหตุผลทุกคำขอ ในรายการคำขอของศูนย์",
                "Each is recorded with its reason, in the centre's list of requests",
            ),
        ),
        source="requests",
    ),
    Section(
        Text("มาตรการรักษาความมั่นคงปลอดภัย", "Security measures"),
        (
            Text(
                "ข้อมูลที่ระบุตัวผู้ร้องเข้ารหัส (AES-256-GCM) โดยกุญแจอยู่นอกฐานข้อมูลและเปลี่ยนได้ "
                "การค้นหาใช้ค่าที่ย่อยด้วยกุญแจ",
                "What identifies complainants is encrypted (AES-256-GCM) with keys that lie outside the database and "
                "can be changed; look-ups go by keyed digests",
            ),
            Text(
                "สิทธิเข้าถึงตามบทบาทและเขตรับผิดชอบ ผู้ดูแลระบบไม่เห็นเนื้อหาเรื่องร้องเรียน",
                "Access by role and area; administrators see no text of a case",
            ),
            Text(
                "บันทึกการตรวจสอบแบบห่วงโซ่ ซึ่งการแก้ไข ลบ หรือสลับลำดับตรวจพบได้ และส่งค่าล่าสุดออกนอกฐานข้อมูลทุกวัน",
                "An audit trail as a hash chain, in which every change, removal or reordering is found; its heads "
                "leave the database every day",
            ),
            Text(
                "เอกสารแนบเก็บนอกฐานข้อมูล ตรวจชนิดและขนาด เปิดได้เมื่อผ่านการตรวจสิทธิเท่านั้น",
                "Attachments lie outside the database, are checked for type and size, and open only to those who may",
            ),
            Text(
                "เหตุละเมิดข้อมูล: แจ้งสำนักงานคณะกรรมการคุ้มครองข้อมูลส่วนบุคคลภายใน 72 ชั่วโมงนับแต่ทราบเหตุ "
                "ตามมาตรา 37 (4) เว้นแต่ไม่มีความเสี่ยง",
                "Breaches: told to the Office of the PDPC within 72 hours of knowing (section 37(4)), unless there is "
                "no risk",
            ),
        ),
    ),
)
