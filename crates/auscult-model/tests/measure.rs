//! The estimators against the published vectors.
#![cfg(test)]

use auscult_model::measure::{
    Interval, Turn, conversation, engagement_quotient, gamma_poisson, jeffreys, kaplan_meier,
    nb_mean, net_share, newcombe_difference, order_statistic_interval, poisson_exact,
    thread_depth_index, wilson,
};
use serde_json::Value;

/// Vectors at the level the product uses.
fn vectors(estimator: &str) -> Vec<(Value, Value)> {
    let rows = include_str!("data/measures-vectors.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mine = rows.filter(|row| {
        row["estimator"] == estimator
            && row["in"]["level"].as_f64().unwrap_or(0.95).to_bits() == 0.95_f64.to_bits()
    });
    let found: Vec<(Value, Value)> = mine
        .map(|row| (row["in"].clone(), row["out"].clone()))
        .collect();
    assert!(!found.is_empty(), "no vectors for {estimator}");
    found
}

fn near(got: f64, wanted: &Value, what: &Value) {
    let wanted = wanted
        .as_f64()
        .unwrap_or_else(|| panic!("no number in {what}"));
    assert!(
        (got - wanted).abs() < 1.5e-6,
        "{what}: got {got}, wanted {wanted}"
    );
}

fn interval(got: Interval, out: &Value, value: &str) {
    near(got.value, &out[value], out);
    near(got.low, &out["low"], out);
    near(got.high, &out["high"], out);
}

fn count(input: &Value, key: &str) -> u64 {
    input[key].as_u64().unwrap()
}

#[test]
fn shares() {
    for (input, out) in vectors("wilson") {
        interval(
            wilson(count(&input, "x"), count(&input, "n")),
            &out,
            "estimate",
        );
    }
    for (input, out) in vectors("jeffreys") {
        interval(
            jeffreys(count(&input, "x"), count(&input, "n")),
            &out,
            "estimate",
        );
    }
    for (input, out) in vectors("newcombe_difference") {
        let got = newcombe_difference(
            (count(&input, "x1"), count(&input, "n1")),
            (count(&input, "x2"), count(&input, "n2")),
        );
        interval(got, &out, "difference");
    }
    for (input, out) in vectors("net_share")
        .into_iter()
        .filter(|(input, _)| count(input, "n") >= 30)
    {
        interval(
            net_share(
                count(&input, "positive"),
                count(&input, "negative"),
                count(&input, "n"),
            )
            .unwrap(),
            &out,
            "net",
        );
    }
}

#[test]
fn counts() {
    for (input, out) in vectors("poisson_exact") {
        interval(
            poisson_exact(count(&input, "x"), input["exposure"].as_f64().unwrap()),
            &out,
            "rate",
        );
    }
    for (input, out) in vectors("gamma_poisson") {
        interval(
            gamma_poisson(count(&input, "x"), input["exposure"].as_f64().unwrap()),
            &out,
            "rate",
        );
    }
    for (input, out) in vectors("nb_mean") {
        interval(
            nb_mean(
                count(&input, "sum"),
                count(&input, "posts"),
                input["alpha"].as_f64().unwrap(),
            ),
            &out,
            "mean",
        );
    }
}

fn maybe(got: Option<f64>, wanted: &Value, what: &Value) {
    assert_eq!(got.is_none(), wanted.is_null(), "{what}: got {got:?}");
    if let Some(got) = got {
        near(got, wanted, what);
    }
}

#[test]
fn waiting_times() {
    for (input, out) in vectors("kaplan_meier") {
        let times = input["times"]
            .as_array()
            .unwrap()
            .iter()
            .map(|time| time.as_f64().unwrap());
        let answered = input["answered"]
            .as_array()
            .unwrap()
            .iter()
            .map(|flag| flag.as_i64().unwrap() == 1);
        let curve = kaplan_meier(&times.zip(answered).collect::<Vec<_>>());
        for (step, wanted) in curve.steps.iter().zip(out["steps"].as_array().unwrap()) {
            near(step.t, &wanted["t"], wanted);
            assert_eq!(step.at_risk, count(wanted, "at_risk"));
            assert_eq!(step.events, count(wanted, "events"));
            near(step.survival, &wanted["survival"], wanted);
            near(step.low, &wanted["low"], wanted);
            near(step.high, &wanted["high"], wanted);
            maybe(step.se, &wanted["se"], wanted);
        }
        assert_eq!(curve.steps.len(), out["steps"].as_array().unwrap().len());
        maybe(curve.quantile(0.5), &out["median"], &out);
        maybe(curve.quantile(0.9), &out["p90"], &out);
        let (low, high) = curve.quantile_interval(0.5);
        maybe(low, &out["median_low"], &out);
        maybe(high, &out["median_high"], &out);
        let tau = input["tau"].as_f64().unwrap();
        near(curve.restricted_mean(tau), &out["restricted_mean"], &out);
        near(curve.answered_by(tau).0, &out["answered_by_tau"], &out);
    }
}

#[test]
fn quantiles_without_censoring() {
    for (input, out) in vectors("order_statistic_interval") {
        let values: Vec<f64> = input["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value.as_f64().unwrap())
            .collect();
        let got = order_statistic_interval(&values, input["p"].as_f64().unwrap()).unwrap();
        near(got.quantile, &out["quantile"], &out);
        assert_eq!(got.low_rank, out["low_rank"].as_u64(), "{out}");
        assert_eq!(got.high_rank, out["high_rank"].as_u64(), "{out}");
        maybe(got.low, &out["low"], &out);
        maybe(got.high, &out["high"], &out);
    }
    assert!(order_statistic_interval(&[], 0.5).is_none());
}

#[test]
fn dialogues() {
    for (input, out) in vectors("conversation") {
        let turns: Vec<Turn> = serde_json::from_value(input["turns"].clone()).unwrap();
        let got = conversation(&turns);
        assert_eq!(
            (got.qualifying, got.turn_depth),
            (
                out["qualifying"].as_bool().unwrap(),
                count(&out, "turn_depth")
            ),
            "{input}"
        );
    }
    for (input, out) in vectors("thread_depth_index") {
        let levels: Vec<u64> = serde_json::from_value(input["comments_per_level"].clone()).unwrap();
        assert_eq!(thread_depth_index(&levels), count(&out, "h"), "{input}");
    }
    assert!((engagement_quotient(100, 10, 0, 0, 100) - 170.0 / 500.0).abs() < 1e-12);
}
