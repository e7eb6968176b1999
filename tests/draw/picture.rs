//! The picture itself, read back as XML.

use std::collections::BTreeSet;

use lodestar::ids::StepId;
use lodestar::protocol::draw::{draw, width, wrap};
use lodestar::protocol::explain::explain;
use lodestar::protocol::{GateKind, Protocol, Route, Silence};
use proptest::prelude::*;
use roxmltree::{Document, Node};

use super::{NORTHMOOR, all, northmoor_with, one};

const SHEET: i32 = 1123;

/// A rectangle, or the box around a diamond.
#[derive(Clone, Copy, Debug)]
struct Area {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

fn number(node: Node<'_, '_>, name: &str) -> i32 {
    node.attribute(name)
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| panic_on(node, name))
}

fn panic_on(node: Node<'_, '_>, name: &str) -> i32 {
    assert!(node.has_attribute(name), "{node:?} has no {name}");
    0
}

fn points(node: Node<'_, '_>) -> Vec<(i32, i32)> {
    node.attribute("points")
        .unwrap()
        .split(' ')
        .map(|point| {
            let (x, y) = point.split_once(',').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        })
        .collect()
}

fn of_class<'a, 'd>(document: &'a Document<'d>, class: &'a str) -> Vec<Node<'a, 'd>> {
    document
        .descendants()
        .filter(|node| {
            node.attribute("class")
                .is_some_and(|classes| classes.split(' ').any(|one| one == class))
        })
        .collect()
}

/// The text of a group as one line, so that wrapping hides nothing.
fn text_of(node: Node<'_, '_>) -> String {
    let lines: Vec<_> = node
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .filter_map(|node| node.text())
        .collect();
    lines.join(" ")
}

fn area(shape: Node<'_, '_>) -> Area {
    if shape.has_tag_name("rect") {
        let (left, top) = (number(shape, "x"), number(shape, "y"));
        return Area {
            left,
            top,
            right: left + number(shape, "width"),
            bottom: top + number(shape, "height"),
        };
    }
    let points = points(shape);
    Area {
        left: points.iter().map(|point| point.0).min().unwrap(),
        top: points.iter().map(|point| point.1).min().unwrap(),
        right: points.iter().map(|point| point.0).max().unwrap(),
        bottom: points.iter().map(|point| point.1).max().unwrap(),
    }
}

/// Where a line of text is, by the width table.
fn extent(text: Node<'_, '_>) -> Area {
    let size = number(text, "font-size");
    let bold = text.has_attribute("font-weight");
    let wide = width(text.text().unwrap_or_default(), size, bold);
    let (x, y) = (number(text, "x"), number(text, "y"));
    let left = if text.has_attribute("text-anchor") {
        x - wide / 2
    } else {
        x
    };
    Area {
        left,
        top: y - size,
        right: left + wide,
        bottom: y + 2,
    }
}

/// Every group that has a shape of its own, with the shape.
fn boxes<'a, 'd>(document: &'a Document<'d>) -> Vec<(Node<'a, 'd>, Node<'a, 'd>)> {
    document
        .descendants()
        .filter(|node| node.has_tag_name("g"))
        .filter_map(|group| {
            let shape = group
                .children()
                .find(|node| node.has_tag_name("rect") || node.has_tag_name("polygon"))?;
            Some((group, shape))
        })
        .collect()
}

fn hold_together(protocol: &Protocol) {
    let picture = draw(protocol);
    let document = Document::parse(&picture).unwrap();
    let boxes = boxes(&document);
    for (group, shape) in &boxes {
        let around = area(*shape);
        let (wide, high) = (around.right - around.left, around.bottom - around.top);
        for text in group.children().filter(|node| node.has_tag_name("text")) {
            let extent = extent(text);
            let said = text.text().unwrap_or_default();
            assert!(
                extent.left >= around.left + 2
                    && extent.right <= around.right - 2
                    && extent.top >= around.top
                    && extent.bottom <= around.bottom,
                "{}: {said:?} at {extent:?} runs out of {around:?}",
                protocol.id
            );
            if shape.has_tag_name("polygon") {
                let middle = i32::midpoint(around.top, around.bottom);
                let off = (extent.top + 2 - middle)
                    .abs()
                    .max((extent.bottom - 2 - middle).abs());
                let room = wide - 2 * wide * off / high;
                assert!(
                    extent.right - extent.left <= room,
                    "{}: {said:?} runs out of its diamond",
                    protocol.id
                );
            }
        }
    }
    for (place, (_, one)) in boxes.iter().enumerate() {
        for (_, other) in boxes.iter().skip(place + 1) {
            let (one, other) = (area(*one), area(*other));
            let apart = one.right <= other.left
                || other.right <= one.left
                || one.bottom <= other.top
                || other.bottom <= one.top;
            assert!(apart, "{}: {one:?} overlaps {other:?}", protocol.id);
        }
    }
    for text in document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
    {
        let extent = extent(text);
        assert!(
            extent.left >= 0 && extent.right <= 794,
            "{}: {:?} runs off the sheet",
            protocol.id,
            text.text()
        );
        assert_eq!(
            extent.top / SHEET,
            extent.bottom / SHEET,
            "{}: {:?} is cut between two sheets",
            protocol.id,
            text.text()
        );
    }
}

#[test]
fn the_picture_is_well_formed_and_the_same_every_time() {
    for protocol in all() {
        let picture = draw(&protocol);
        let document = Document::parse(&picture).unwrap();
        let root = document.root_element();
        assert!(root.has_tag_name(("http://www.w3.org/2000/svg", "svg")));
        assert_eq!(picture, draw(&protocol));
    }
}

#[test]
fn a_screen_reader_is_read_the_title_and_the_whole_ladder() {
    for protocol in all() {
        let picture = draw(&protocol);
        let document = Document::parse(&picture).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        let named: Vec<_> = root
            .attribute("aria-labelledby")
            .unwrap()
            .split(' ')
            .map(|id| {
                document
                    .descendants()
                    .find(|node| node.attribute("id") == Some(id))
                    .and_then(|node| node.text())
                    .unwrap()
            })
            .collect();
        assert_eq!(named[0], protocol.title);
        // Every paragraph of a ladder in the explanation, in its order.
        let explained = explain(&protocol);
        let ladder = explained
            .split("\n\nMoving ahead of time")
            .next()
            .and_then(|text| text.split_once("starts at"))
            .unwrap()
            .1;
        for step in ladder
            .split("\n\n")
            .skip(1)
            .filter(|part| part.starts_with("  "))
        {
            let paragraphs = step.split_whitespace().collect::<Vec<_>>().join(" ");
            // Read out, a clause in brackets ends its sentence.
            let sentences = paragraphs.split_once("] ").unwrap().1.replace("].", "]");
            assert!(
                named[1].replace("].", "]").contains(&sentences),
                "{}: {sentences}\nis not read out in\n{}",
                protocol.id,
                named[1]
            );
        }
    }
}

/// The routes that are drawn: not those of the same steps as an earlier one.
fn told_whole(protocol: &Protocol) -> impl Iterator<Item = &Route> {
    let routes = &protocol.routes;
    routes.iter().enumerate().filter_map(|(number, route)| {
        let mut earlier = routes.iter().take(number);
        let again = earlier.any(|earlier| earlier.steps == route.steps);
        (!again).then_some(route)
    })
}

#[test]
fn every_step_is_a_box_with_its_stage_name_clause_addressees_and_time() {
    for protocol in all() {
        let picture = draw(&protocol);
        let document = Document::parse(&picture).unwrap();
        let drawn = of_class(&document, "step");
        let groups: Vec<_> = drawn.iter().filter(|node| node.has_tag_name("g")).collect();
        let told: Vec<_> = told_whole(&protocol)
            .flat_map(|route| route.steps.iter().map(move |step| (route, step)))
            .collect();
        assert_eq!(groups.len(), told.len(), "{}", protocol.id);
        for (group, (route, step)) in groups.iter().zip(told) {
            assert_eq!(group.attribute("data-of"), Some(step.id.as_str()));
            let text = text_of(**group);
            let mut parts = vec![
                format!("{}: {}", step.stage, step.name),
                format!("{} [{}]", step.id, step.clause),
            ];
            parts.extend(
                step.answerers()
                    .map(|role| protocol.role_name(role).to_owned()),
            );
            parts.push(match &step.clock {
                Some(clock) => format!("Answer within {} of", clock.within),
                None => "The protocol sets no time".to_owned(),
            });
            parts.extend(
                step.extend
                    .as_ref()
                    .map(|extend| format!("[{}]", extend.clause)),
            );
            for part in parts {
                assert!(
                    text.contains(&part),
                    "{}: {part:?} is not in {text:?}",
                    protocol.id
                );
            }
            assert_eq!(
                text.contains("Starts here"),
                step.id == route.default_start,
                "{text}"
            );
        }
    }
}

#[test]
fn every_gate_is_a_diamond_with_whom_it_asks_and_its_question_and_clause() {
    for protocol in all() {
        let picture = draw(&protocol);
        let document = Document::parse(&picture).unwrap();
        let gates = of_class(&document, "gate");
        for route in protocol.routes.iter().take(1) {
            let with_gate = route.steps.iter().filter(|step| step.gate.is_some());
            for step in with_gate {
                let gate = step.gate.as_ref().unwrap();
                let drawn = gates
                    .iter()
                    .find(|node| node.attribute("data-of") == Some(step.id.as_str()))
                    .unwrap();
                let text = text_of(*drawn);
                for role in &gate.roles {
                    assert!(text.contains(protocol.role_name(role)), "{text}");
                }
                if gate.kind == GateKind::Judgement {
                    assert!(text.contains("The raiser judges it"), "{text}");
                }
                let question = gate.question.as_deref().unwrap_or_default();
                let clause = gate.clause.as_deref().unwrap_or_default();
                assert!(text.contains(question) && text.contains(clause), "{text}");
            }
        }
        let count: usize = told_whole(&protocol)
            .flat_map(|route| &route.steps)
            .filter(|step| step.gate.is_some())
            .count();
        assert_eq!(gates.len(), count, "{}", protocol.id);
    }
}

#[test]
fn a_gate_that_may_be_declined_has_a_second_arrow_and_the_others_have_one() {
    let picture = draw(&one("manchester"));
    let document = Document::parse(&picture).unwrap();
    let declined: Vec<_> = of_class(&document, "declined")
        .iter()
        .filter_map(|node| node.attribute("data-of"))
        .collect();
    assert_eq!(declined, ["m-2"]);
    let labels: Vec<_> = of_class(&document, "label")
        .iter()
        .filter_map(Node::text)
        .collect();
    let labels = labels.join(" ");
    for label in [
        "agreed",
        "declined or unanswered: the raiser may go on with a reason",
        "judged so; silence never answers",
        "no answer; or rejected, when the time is up and not before; or accepted, but not done by the target date",
        "no answer; or not resolved",
    ] {
        assert!(labels.contains(label), "{label:?} is not in {labels:?}");
    }
}

#[test]
fn arrows_join_each_step_to_where_it_goes_and_the_last_to_the_end() {
    for protocol in all() {
        let route = &protocol.routes[0];
        let picture = draw(&protocol);
        let document = Document::parse(&picture).unwrap();
        let arrive = |id: Option<&str>| -> Area {
            let group = match id {
                None => of_class(&document, "exhausted")[0],
                Some(id) => ["gate", "step"]
                    .iter()
                    .find_map(|class| {
                        of_class(&document, class)
                            .into_iter()
                            .find(|node| node.attribute("data-of") == Some(id))
                    })
                    .unwrap(),
            };
            let shape = group.children().find(Node::is_element).unwrap();
            area(shape)
        };
        for step in &route.steps {
            let id = step.id.as_str();
            let leaving: Vec<_> = of_class(&document, "arrow")
                .into_iter()
                .filter(|node| node.attribute("data-of") == Some(id))
                .filter(|node| {
                    let class = node.attribute("class").unwrap();
                    class == "arrow" || class == "arrow aside"
                })
                .map(|node| *points(node).last().unwrap())
                .collect();
            let mut targets: BTreeSet<Option<&str>> =
                BTreeSet::from([step.next.as_ref().map(StepId::as_str)]);
            if step.clock.is_some() && step.silence == Silence::Lapse {
                let lapse = step.on_lapse.as_ref().or(step.next.as_ref());
                targets.insert(lapse.map(StepId::as_str));
            }
            let routes = protocol
                .routes
                .iter()
                .enumerate()
                .filter(|(number, other)| {
                    (*number == 0 || other.steps != route.steps) && other.step(&step.id).is_some()
                })
                .count();
            assert_eq!(
                leaving.len(),
                targets.len() * routes,
                "{} {id}",
                protocol.id
            );
            for target in targets {
                let area = arrive(target);
                let arrived = leaving.iter().any(|(x, y)| {
                    *x >= area.left && *x <= area.right && *y >= area.top && *y <= area.bottom
                });
                assert!(arrived, "{} {id} to {target:?}: {leaving:?}", protocol.id);
            }
        }
    }
}

#[test]
fn silence_that_goes_elsewhere_goes_round_the_side() {
    let picture = draw(&one("buckinghamshire"));
    let document = Document::parse(&picture).unwrap();
    let aside = of_class(&document, "aside");
    assert_eq!(aside.len(), 1);
    assert_eq!(aside[0].attribute("data-of"), Some("b-1"));
    let left_of_all = boxes(&document)
        .iter()
        .filter(|(group, _)| group.attribute("class") == Some("step"))
        .map(|(_, shape)| area(*shape).left)
        .min()
        .unwrap();
    let lane = points(aside[0]).iter().map(|point| point.0).min().unwrap();
    assert!(lane < left_of_all);
}

#[test]
fn two_long_ways_at_the_same_height_take_lanes_of_their_own() {
    let protocol = northmoor_with(
        "adjust    = \"shorter\"",
        "adjust    = \"shorter\"\non_lapse  = \"n-4\"",
    );
    hold_together(&protocol);
    let picture = draw(&protocol);
    let document = Document::parse(&picture).unwrap();
    let lanes: Vec<_> = of_class(&document, "aside")
        .into_iter()
        .take(2)
        .map(|node| points(node).iter().map(|point| point.0).min().unwrap())
        .collect();
    assert_eq!(lanes.len(), 2);
    assert_ne!(lanes[0], lanes[1]);
}

#[test]
fn silence_that_moves_nothing_has_no_arrow_and_is_said_in_the_box() {
    let picture = draw(&one("northmoor"));
    let document = Document::parse(&picture).unwrap();
    let group = of_class(&document, "step")
        .into_iter()
        .find(|node| node.has_tag_name("g") && node.attribute("data-of") == Some("n-4"))
        .unwrap();
    let said = "No answer by then: nothing moves, and it is told until somebody acts.";
    assert!(text_of(group).contains(said), "{}", text_of(group));
}

#[test]
fn copies_and_overdue_alerts_are_notes_beside_their_step() {
    let picture = draw(&one("warwickshire"));
    let document = Document::parse(&picture).unwrap();
    let notes: Vec<_> = of_class(&document, "copies")
        .into_iter()
        .map(|node| (node.attribute("data-of").unwrap(), text_of(node)))
        .collect();
    let steps: Vec<_> = notes.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, ["w-1", "w-1m", "w-2"]);
    assert!(
        notes[0].1.contains("the Service Manager")
            && notes[0].1.contains("Copied from here to the end: ")
    );
    let picture = draw(&one("buckinghamshire"));
    let document = Document::parse(&picture).unwrap();
    let overdue: Vec<_> = of_class(&document, "overdue")
        .into_iter()
        .map(|node| (node.attribute("data-of").unwrap().to_owned(), text_of(node)))
        .collect();
    let said =
        "When it is overdue, the Assistant Director of Quality Assurance hears of it as well.";
    assert_eq!(
        overdue,
        [
            ("b-1".to_owned(), said.to_owned()),
            ("b-1m".to_owned(), said.to_owned()),
            ("b-2".to_owned(), said.to_owned())
        ]
    );
}

#[test]
fn who_follows_up_what_they_direct_is_said_in_the_box_of_their_step() {
    let picture = draw(&one("manchester"));
    let document = Document::parse(&picture).unwrap();
    let said = "Whoever answers follows up what they direct";
    let steps: Vec<_> = document
        .descendants()
        .filter(|node| node.has_tag_name("g") && node.attribute("class") == Some("step"))
        .filter(|node| text_of(*node).contains(said))
        .map(|node| node.attribute("data-of").unwrap())
        .collect();
    assert_eq!(steps, ["m-3"]);
}

#[test]
fn caps_bypass_cafcass_and_advice_are_notes_beneath_in_the_words_of_the_explanation() {
    for protocol in all() {
        let explained = explain(&protocol)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let picture = draw(&protocol);
        let document = Document::parse(&picture).unwrap();
        let notes: Vec<_> = of_class(&document, "rule")
            .into_iter()
            .filter(|node| node.has_tag_name("g"))
            .collect();
        let titles: Vec<_> = notes
            .iter()
            .filter_map(|node| node.attribute("data-of"))
            .collect();
        for title in [
            "Moving ahead of time",
            "Cafcass",
            "Independent legal advice",
        ] {
            assert!(titles.contains(&title), "{}: {titles:?}", protocol.id);
        }
        assert_eq!(
            titles.contains(&"The time it should take"),
            !protocol.caps.is_empty()
        );
        assert_eq!(
            titles.contains(&"Other advice"),
            protocol.beside.advice.is_some()
        );
        let lowest_step = boxes(&document)
            .iter()
            .filter(|(group, _)| group.attribute("class") == Some("step"))
            .map(|(_, shape)| area(*shape).bottom)
            .max()
            .unwrap();
        for note in notes {
            let text = text_of(note);
            let title = note.attribute("data-of").unwrap();
            let said = text.strip_prefix(title).unwrap().trim();
            assert!(explained.contains(said), "{}: {said}", protocol.id);
            let shape = note.children().find(Node::is_element).unwrap();
            assert!(area(shape).top > lowest_step);
        }
    }
}

#[test]
fn what_the_boxes_say_is_what_the_explanation_says() {
    for protocol in all() {
        let explained = explain(&protocol)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let picture = draw(&protocol);
        let document = Document::parse(&picture).unwrap();
        for class in ["copies", "overdue"] {
            for note in of_class(&document, class) {
                assert!(explained.contains(&text_of(note)), "{}", text_of(note));
            }
        }
        for group in of_class(&document, "step")
            .into_iter()
            .filter(|node| node.has_tag_name("g"))
        {
            let text = text_of(group);
            let text = text.strip_suffix(" Starts here").unwrap_or(&text);
            let said = text.split_once("] ").unwrap().1;
            for sentence in said.split_inclusive(". ") {
                assert!(
                    explained.contains(sentence.trim()),
                    "{}: {sentence}",
                    protocol.id
                );
            }
        }
    }
}

#[test]
fn both_ends_of_a_ladder_are_drawn_and_only_the_raiser_resolves() {
    for protocol in all() {
        let picture = draw(&protocol);
        let document = Document::parse(&picture).unwrap();
        for end in of_class(&document, "exhausted") {
            assert_eq!(
                text_of(end),
                "Exhausted The concern stays open until the raiser records the position."
            );
        }
        for end in of_class(&document, "resolution") {
            assert!(text_of(end).starts_with("Resolved At any step its raiser resolves it"));
        }
        let steps = of_class(&document, "step").len() + of_class(&document, "informal").len();
        // Each step is a group and a rectangle; each has its line to "resolved".
        assert_eq!(of_class(&document, "resolve").len() * 2, steps);
    }
}

#[test]
fn no_text_runs_out_of_its_box_and_no_two_boxes_overlap() {
    for protocol in all() {
        hold_together(&protocol);
    }
}

#[test]
fn the_longest_names_and_questions_a_file_may_hold_stay_in_their_boxes() {
    let long = "Considerably lengthened wording & <markup> ".repeat(11);
    let unbroken = "W".repeat(480);
    for text in [long.trim(), &unbroken] {
        for from in [
            "Is this ready to go to the partners?",
            "Do you hold to your view?",
            "Recommendation",
            "Designated Nurse",
            "Resolving Disagreements about Plans",
            "when the child's plan cannot wait",
        ] {
            hold_together(&northmoor_with(from, text));
        }
    }
}

#[test]
fn a_step_with_many_addressees_is_drawn_whole() {
    let roles: Vec<_> = (0..120).map(|number| format!("r{number}")).collect();
    let lines: Vec<_> = roles
        .iter()
        .map(|role| format!("{role} = \"Person {role}\""))
        .collect();
    let list: Vec<_> = roles.iter().map(|role| format!("\"{role}\"")).collect();
    let text = NORTHMOOR
        .replace("[roles]\n", &format!("[roles]\n{}\n", lines.join("\n")))
        .replace(
            "gate          = { kind = \"in conjunction\", all_of = [\"iro_manager\", \"legal\"] }",
            &format!(
                "gate = {{ kind = \"in conjunction\", all_of = [{}] }}",
                list.join(", ")
            ),
        )
        .replace(
            "to     = [\"director\"]",
            &format!("to = [{}]", list.join(", ")),
        );
    let protocol = lodestar::protocol::read::read("northmoor.toml", &text).unwrap();
    let picture = draw(&protocol);
    let document = Document::parse(&picture).unwrap();
    let gate = of_class(&document, "gate")
        .into_iter()
        .find(|node| node.attribute("data-of") == Some("n-4"))
        .unwrap();
    assert!(text_of(gate).contains("the Person r119, each of them"));
}

#[test]
fn markup_in_a_file_is_text_in_the_picture() {
    let protocol = northmoor_with("A conversation", "</text><script>x</script> & 'so' on");
    let picture = draw(&protocol);
    let document = Document::parse(&picture).unwrap();
    assert!(
        !document
            .descendants()
            .any(|node| node.has_tag_name("script"))
    );
    let step = of_class(&document, "informal")[0].parent().unwrap();
    assert!(text_of(step).contains("</text><script>x</script> & 'so' on"));
}

#[test]
fn text_is_dark_on_light_and_nothing_is_fetched() {
    let picture = draw(&one("manchester"));
    for outside in ["http://", "https://", "url("] {
        let rest = picture
            .replace("http://www.w3.org/2000/svg", "")
            .replace("url(#head)", "");
        assert!(!rest.contains(outside), "{outside}");
    }
    let style = picture
        .split("<style>")
        .nth(1)
        .and_then(|rest| rest.split("</style>").next())
        .unwrap();
    let fill = |selector: &str| {
        let rule = style
            .split('}')
            .find(|rule| rule.starts_with(&format!("{selector}{{")))
            .unwrap();
        let fill = rule.split("fill:#").nth(1).unwrap();
        luminance(
            &fill
                .chars()
                .take_while(char::is_ascii_hexdigit)
                .collect::<String>(),
        )
    };
    let ratio = |one: f64, other: f64| (one.max(other) + 0.05) / (one.min(other) + 0.05);
    for shape in [
        ".paper",
        "rect.step",
        "rect.informal",
        ".diamond",
        "rect.note",
        "rect.rule",
        "rect.end",
    ] {
        assert!(ratio(fill("text"), fill(shape)) >= 4.5, "{shape}");
    }
    assert!(ratio(fill("text.inverse"), fill("rect.tab")) >= 4.5);
}

/// Relative luminance as WCAG has it.
fn luminance(hex: &str) -> f64 {
    let full: String = if hex.len() == 3 {
        hex.chars().flat_map(|digit| [digit, digit]).collect()
    } else {
        hex.to_owned()
    };
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&full[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

#[test]
fn the_picture_is_a_whole_number_of_a4_sheets() {
    for protocol in all() {
        let picture = draw(&protocol);
        let document = Document::parse(&picture).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("width"), Some("210mm"));
        let high: i32 = root
            .attribute("height")
            .unwrap()
            .strip_suffix("mm")
            .unwrap()
            .parse()
            .unwrap();
        let sheets = high / 297;
        assert_eq!(high % 297, 0);
        assert_eq!(
            root.attribute("viewBox").unwrap(),
            format!("0 0 794 {}", sheets * SHEET)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn wrapped_text_keeps_every_character_and_every_line_its_width(text in "\\PC{0,300}", size in 8..20_i32, most in 60..500_i32, bold: bool) {
        let lines = wrap(&text, size, bold, most);
        let kept: String = lines.concat().split_whitespace().collect();
        let whole: String = text.split_whitespace().collect();
        prop_assert_eq!(kept, whole);
        for line in &lines {
            prop_assert!(width(line, size, bold) <= most, "{}", line);
        }
    }
}
