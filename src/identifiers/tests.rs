use proptest::prelude::*;

use super::*;

fn each(expected: Option<Identifier>, texts: &[&str]) {
    for text in texts {
        assert_eq!(find(text), expected, "{text:?}");
    }
}

#[test]
fn an_nhs_number_is_found_however_it_is_typed() {
    each(
        Some(Identifier::NhsNumber),
        &[
            "9434765919",
            "NHS no. 943 476 5919.",
            "NHS943-476-5919",
            "943 – 476 – 5919",
            "943\u{a0}476\u{a0}5919",
            "943\u{200b}4765919",
            "943\u{2066}476\u{2069}5919",
            "943\u{34f}476\u{e0020}5919",
            "９４３ ４７６ ５９１９",
            "٩٤٣٤٧٦٥٩١٩",
            "(943.476.5919)",
            "seen at 10:30, 943 476\n5919",
            "4010232137 and 4010232138",
            "2983396339",
        ],
    );
}

#[test]
fn ten_digits_that_do_not_check_or_are_not_ten_are_no_nhs_number() {
    each(
        None,
        &[
            "9434765918",
            "4010232138",
            "94347659190",
            "19434765919",
            "94347 65919",
            "9434 765919",
            "0161 234 5000",
            "020 7946 0958",
            "0000000000",
            "943 476 591",
            "943    476    5919",
        ],
    );
}

#[test]
fn a_whole_postcode_is_found_in_any_case_and_spacing() {
    each(
        Some(Identifier::Postcode),
        &[
            "M25 1AA",
            "m25 1aa",
            "M251AA",
            "M1 1AE",
            "B33 8TH",
            "CR2 6XH",
            "DN55 1PT",
            "W1A 1HQ",
            "EC1A 1BB",
            "ec1a1bb",
            "GIR 0AA",
            "(SW1A 2AA)",
            "at M25-1AA.",
            "lives in m25  1aa now",
            "BF1 3AA",
            "M25\u{a0}1AA",
            "Ｍ２５ １ＡＡ",
            "M25\n1AA",
            "b33 8ld",
        ],
    );
}

#[test]
fn ordinary_words_and_half_a_postcode_are_no_postcode() {
    each(
        None,
        &[
            "week 5 2nd visit",
            "M25",
            "the M25 1 mile on",
            "S47 2nd enquiry",
            "s47 1st strategy discussion",
            "under S20 4th",
            "block B1 3rd floor",
            "B2 5yr plan",
            "L4 2pm",
            "M25 1AC",
            "M25 1AAA",
            "XM25 1AA",
            "QQ1 1AA",
            "AB1Z 1AA",
            "M2S5 1AA",
            "K-204117",
            "C-42 m-1 5 working days",
            "Form E1 returned",
            "Stage 1 3rd letter",
        ],
    );
}

#[test]
fn a_date_beside_the_words_of_a_birth_is_a_date_of_birth() {
    each(
        Some(Identifier::DateOfBirth),
        &[
            "born 12/03/2014",
            "Born on the 12th of March 2014",
            "born: 12/03/2014",
            "she was born at Fairfield on 12 March",
            "born 12-Mar-14",
            "born March 12th, 2014",
            "born 2014-03-12",
            "BORN 12.3.14",
            "DOB 12/03/2014",
            "dob:12032014",
            "DOB120314",
            "D.O.B. 12 03 2014",
            "D.O.B 12/3/14",
            "d/o/b 12/3/14",
            "d.o.b.: 12/3/14",
            "DOB\n12/03/2014",
            "date of birth is 12/03/2014",
            "Date-of-birth (checked): 12 Sept 2014",
            "birth date 12/03/2014",
            "his birthday, 12 May, was missed",
            "12/03/2014 (DOB)",
            "12/03/2014 is her date of birth",
            "On 12 March 2026 the baby was born",
            "born 12 / 03 / 2014",
            "born ١٢/٠٣/٢٠١٤",
            "born １２／０３／２０１４",
            "born 12‑03‑2014",
            "born\u{200b} 12/03/2014",
            "born 5 may 2014",
        ],
    );
}

#[test]
fn a_meetings_date_is_fine() {
    each(
        None,
        &[
            "Review on 12/03/2026",
            "The meeting of 12 March 2026 agreed the plan",
            "The meeting on 12 March 2026 noted the baby was born early",
            "LAC review 12/03/2026: child born abroad has no passport",
            "12/03/2026: child born abroad",
            "Baby born early. Review 12/03/2026",
            "Baby born early; visit 12/03/2026",
            "born abroad, next review 12/03/2026",
            "born in Bury\n12/03/2026 panel",
            "the unborn child: conference 12/03/2026",
            "the new-born 12/03/2026 plan",
            "DOB recorded at the review of 12/03/2026",
            "DOB, NHS number and school were all checked by 12/03/2026",
            "born 3/4 weeks early",
            "born at 36/40",
            "born 2014",
            "twins born, 2 may need surgery",
            "born 45/13/2014",
            "born 31/02/2014",
            "born at 10.30.2 exactly",
            "newborn 12/03/2026",
            "stubborn since 12/03/2026",
            "date of review 12/03/2014",
        ],
    );
}

#[test]
fn a_pupil_number_is_found_with_its_check_letter_alone() {
    each(
        Some(Identifier::Upn),
        &[
            "H801200001001",
            "B801200005001",
            "upn h801200001001.",
            "UPN: H 8012 0000 1001",
            "Ｈ801200001001",
            "A00000000000A",
            "X80120000100C",
        ],
    );
    each(
        None,
        &[
            "A801200001001",
            "HH801200001001",
            "H8012000010011",
            "H801200001001X",
            "H80120000100",
            "S801200001001",
            "H80120000100I",
        ],
    );
}

#[test]
fn ordinary_words_of_a_concern_name_nobody() {
    each(
        None,
        &[
            "",
            " \n\t",
            "The care plan of K-204117 has drifted: no placement plan since the review of 14/12/2026.",
            "Call 0161 234 5678 or 07700 900123 by Fri 18 Dec, 17:00.",
            "20 working days end on 2027-01-14; see C-42, Stage 2, page 3 of 12.",
            "<@U0IRO1> asked on 2026-12-14T10:00 for £1,200.50 (ref 12345678901).",
        ],
    );
}

#[test]
fn each_kind_has_a_code_of_its_own() {
    let mut codes: Vec<&str> = Identifier::ALL.into_iter().map(Identifier::code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Identifier::ALL.len());
}

#[test]
fn a_text_that_repeats_itself_without_end_is_read_to_its_end() {
    for part in ["born ", "9 ", "1/", "943 ", "D.O.", "M2", "H8", "12 March "] {
        assert_eq!(find(&part.repeat(50_000)), None, "{part}");
    }
    let late = format!("{} born 12/03/2014", "x ".repeat(100_000));
    assert_eq!(find(&late), Some(Identifier::DateOfBirth));
}

/// The check digit of nine digits, worked from the other end than the code does it; none where the number is not issued.
fn nhs_check(nine: &str) -> Option<u32> {
    let mut rest = 0;
    for (place, c) in nine.chars().enumerate() {
        rest = (rest + c.to_digit(10)? * (10 - u32::try_from(place).ok()?)) % 11;
    }
    (0..10).find(|check| (rest + check) % 11 == 0)
}

proptest! {
    #[test]
    fn whatever_is_typed_is_read(text in any::<String>(), marked in "[0-9A-Za-z ./\\-\n:,]{0,60}") {
        let _ = find(&text);
        let _ = find(&marked);
    }

    #[test]
    fn every_issued_nhs_number_is_found_and_no_other_check_digit(
        nine in "[1-9][0-9]{8}",
        spaced in any::<bool>(),
        wrong in 1..10_u32,
    ) {
        if let Some(check) = nhs_check(&nine) {
            let write = |check: u32| if spaced {
                format!("see {} {} {}{check} there", &nine[..3], &nine[3..6], &nine[6..])
            } else {
                format!("see {nine}{check} there")
            };
            prop_assert_eq!(find(&write(check)), Some(Identifier::NhsNumber));
            prop_assert_eq!(find(&write((check + wrong) % 10)), None);
        }
    }

    #[test]
    fn every_date_is_fine_alone_and_a_birth_beside_its_word(
        day in 1..=28_u32,
        month in 1..=12_u32,
        year in 1950..=2049_u32,
        shape in 0..4,
    ) {
        let date = match shape {
            0 => format!("{day:02}/{month:02}/{year}"),
            1 => format!("{year}-{month:02}-{day:02}"),
            2 => format!("{day}.{month}.{:02}", year % 100),
            _ => format!("{day:02}{month:02}{year}"),
        };
        prop_assert_eq!(find(&format!("The plan was due on {date} and is late")), None);
        for beside in [format!("born {date}"), format!("DOB: {date}"), format!("{date} (date of birth)")] {
            prop_assert_eq!(find(&beside), Some(Identifier::DateOfBirth));
        }
    }
}
