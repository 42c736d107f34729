//! The join of sentiment: a net with one small hidden layer, trained in a fixed order.

use super::chance::Chance;
use crate::classify::{Feeling, Net, Panel, row_sum};

const BATCH: usize = 32;
const RATE: f32 = 0.003;

/// What a join learns from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Example {
    pub(crate) inputs: Vec<f32>,
    pub(crate) lesson: Lesson,
}

/// What is right.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Lesson {
    /// One of three feelings and a score.
    Feeling {
        feeling: Option<Feeling>,
        weight: f32,
        score: Option<f32>,
        score_weight: f32,
    },
    /// Yes or no for each output.
    Each(Vec<bool>),
}

/// The shape and pace of a join.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shape {
    pub(crate) nets: u64,
    pub(crate) outputs: usize,
    pub(crate) hidden: usize,
    pub(crate) passes: usize,
    pub(crate) decay: f32,
}

/// Fits several nets from different seeds.
pub(crate) fn panel(examples: &[Example], shape: Shape, seed: u64) -> Panel {
    Panel(
        (0..shape.nets)
            .map(|net| fit(examples, shape, seed.wrapping_add(net * 7919)))
            .collect(),
    )
}

/// Fits one net.
fn fit(examples: &[Example], shape: Shape, seed: u64) -> Net {
    let width = examples.first().map_or(0, |example| example.inputs.len());
    let (means, factors) = scales(examples, width);
    let mut chance = Chance::new(seed ^ 0x70_1e);
    let mut row = |length: usize, spread: f32| -> Vec<f32> {
        (0..length).map(|_| chance.around_zero() * spread).collect()
    };
    let mut net = Net {
        means,
        factors,
        hidden: (0..shape.hidden).map(|_| row(width + 1, 0.25)).collect(),
        out: (0..shape.outputs)
            .map(|_| row(shape.hidden + width + 1, 0.1))
            .collect(),
    };
    let mut moments = Moments::new(&net);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for pass in 0..shape.passes {
        chance.shuffle(&mut order);
        let rate = RATE * (1.0 - pass as f32 / shape.passes as f32);
        for batch in order.chunks(BATCH) {
            let mut gradient = Moments::zeros(&net);
            for example in batch.iter().filter_map(|place| examples.get(*place)) {
                learn(&net, example, &mut gradient);
            }
            moments.step(&mut net, &gradient, (rate, shape.decay), batch.len() as f32);
        }
    }
    round(&mut net);
    net
}

/// Five digits are enough and keep the file small.
fn round(net: &mut Net) {
    let lists = net.hidden.iter_mut().chain(net.out.iter_mut()).flatten();
    for weight in lists
        .chain(net.means.iter_mut())
        .chain(net.factors.iter_mut())
    {
        *weight = (*weight * 10_000.0).round() / 10_000.0;
    }
}

fn scales(examples: &[Example], width: usize) -> (Vec<f32>, Vec<f32>) {
    let count = examples.len().max(1) as f32;
    let mut means = vec![0.0_f32; width];
    let mut spread = vec![0.0_f32; width];
    for example in examples {
        for (mean, input) in means.iter_mut().zip(&example.inputs) {
            *mean += input / count;
        }
    }
    for example in examples {
        for ((spread, mean), input) in spread.iter_mut().zip(&means).zip(&example.inputs) {
            *spread += (input - mean).powi(2) / count;
        }
    }
    (
        means,
        spread
            .into_iter()
            .map(|spread| {
                if spread > 1e-6 {
                    1.0 / spread.sqrt()
                } else {
                    0.0
                }
            })
            .collect(),
    )
}

/// One number for each weight of the net.
#[derive(Debug, Clone)]
struct Layers {
    hidden: Vec<Vec<f32>>,
    out: Vec<Vec<f32>>,
}

/// Running means of gradients and of their squares.
struct Moments {
    first: Layers,
    second: Layers,
    steps: i32,
}

impl Moments {
    fn zeros(net: &Net) -> Layers {
        Layers {
            hidden: net.hidden.iter().map(|row| vec![0.0; row.len()]).collect(),
            out: net.out.iter().map(|row| vec![0.0; row.len()]).collect(),
        }
    }

    fn new(net: &Net) -> Self {
        Self {
            first: Self::zeros(net),
            second: Self::zeros(net),
            steps: 0,
        }
    }

    fn step(&mut self, net: &mut Net, gradient: &Layers, (rate, decay): (f32, f32), count: f32) {
        self.steps += 1;
        let corrections = (
            1.0 - 0.9_f32.powi(self.steps),
            1.0 - 0.999_f32.powi(self.steps),
        );
        let weights = net.hidden.iter_mut().chain(net.out.iter_mut()).flatten();
        let gradients = gradient.hidden.iter().chain(&gradient.out).flatten();
        let firsts = self
            .first
            .hidden
            .iter_mut()
            .chain(self.first.out.iter_mut())
            .flatten();
        let seconds = self
            .second
            .hidden
            .iter_mut()
            .chain(self.second.out.iter_mut())
            .flatten();
        for (((weight, gradient), first), second) in weights.zip(gradients).zip(firsts).zip(seconds)
        {
            let slope = gradient / count + decay * *weight;
            *first = 0.9 * *first + 0.1 * slope;
            *second = 0.999 * *second + 0.001 * slope * slope;
            *weight -= rate * (*first / corrections.0) / ((*second / corrections.1).sqrt() + 1e-8);
        }
    }
}

/// Adds the slope of one example.
fn learn(net: &Net, example: &Example, gradient: &mut Layers) {
    let count = net.hidden.len();
    let mut values = vec![0.0_f32; count];
    values.extend(
        example
            .inputs
            .iter()
            .zip(net.means.iter().zip(&net.factors))
            .map(|(input, (mean, factor))| (input - mean) * factor),
    );
    let (cells, scaled) = values.split_at_mut(count);
    for (cell, row) in cells.iter_mut().zip(&net.hidden) {
        *cell = row_sum(row, scaled).tanh();
    }
    let outputs: Vec<f32> = net.out.iter().map(|row| row_sum(row, &values)).collect();
    let mut back = vec![0.0_f32; count];
    for ((slope, row), sums) in slopes(&outputs, example)
        .into_iter()
        .zip(&net.out)
        .zip(&mut gradient.out)
    {
        add_scaled(sums, slope, &values);
        for (back, weight) in back.iter_mut().zip(row) {
            *back += slope * weight;
        }
    }
    let (cells, scaled) = values.split_at(count);
    for ((back, cell), sums) in back.iter().zip(cells).zip(&mut gradient.hidden) {
        add_scaled(sums, back * (1.0 - cell * cell), scaled);
    }
}

/// Adds values times a factor, and the factor itself to the bias at the end.
fn add_scaled(sums: &mut [f32], factor: f32, values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
    if let Some(bias) = sums.get_mut(values.len()) {
        *bias += factor;
    }
}

/// The slope of the loss at each output.
fn slopes(outputs: &[f32], example: &Example) -> Vec<f32> {
    match &example.lesson {
        Lesson::Each(right) => outputs
            .iter()
            .zip(right)
            .map(|(sum, is)| 1.0 / (1.0 + (-sum).exp()) - if *is { 1.0 } else { 0.0 })
            .collect(),
        Lesson::Feeling {
            feeling,
            weight,
            score,
            score_weight,
        } => {
            let mut slopes = feeling.map_or_else(
                || vec![0.0; 3],
                |feeling| feeling_slopes(outputs, feeling, *weight),
            );
            let said = outputs.last().copied().unwrap_or(0.0);
            slopes.push(score.map_or(0.0, |score| score_weight * 2.0 * (said - score)));
            slopes
        }
    }
}

/// Cross entropy of the feelings.
fn feeling_slopes(outputs: &[f32], feeling: Feeling, weight: f32) -> Vec<f32> {
    let wanted = match feeling {
        Feeling::Negative => 0,
        Feeling::Neutral => 1,
        Feeling::Positive => 2,
    };
    let greatest = outputs.iter().take(3).copied().fold(f32::MIN, f32::max);
    let powers: Vec<f32> = outputs
        .iter()
        .take(3)
        .map(|sum| (sum - greatest).exp())
        .collect();
    let total: f32 = powers.iter().sum();
    powers
        .iter()
        .enumerate()
        .map(|(place, power)| weight * (power / total - if place == wanted { 1.0 } else { 0.0 }))
        .collect()
}
