// The paper's numeric claims, as printed.

/** One claim: `v1` is the paper's draft, `v2` what its author corrected later, `–` where nothing. */
export interface Published {
  /** 1 to 114. */
  readonly number: number;
  /** Section of the draft: T is a table, A the appendix of pitfalls, App.C that of validations. */
  readonly section: string;
  /** What is claimed. */
  readonly claim: string;
  /** The draft's number. */
  readonly v1: string;
  /** The corrected one; `same` where it was confirmed. */
  readonly v2: string;
}

// deno-fmt-ignore
const rows: readonly (readonly [section: string, claim: string, v1: string, v2: string])[] = [
  ["abs/§1", "DFA headline Γ, ResMLP d=256 L=4", "≈.10", ".10 (mean l=0..L−1)"], // 1
  ["§1", "DFA test accuracy", ".31", ".306±.008"], // 2
  ["§1", "frozen-blocks accuracy", ".349±.002", ".349±.003"], // 3
  ["§1", "DFA under frozen, pp", "−4 (−4.1)", "−4.3"], // 4
  ["§1", "‖g_L‖ of trained DFA", "5e-10", "4e-9 at B=128, 5e-10 at B≈1000"], // 5
  ["§1", "cosine clamp ε of PyTorch", "1e-8", "–"], // 6
  ["§1", "block parameter growth vs init", "~95×", "–"], // 7
  ["§5", "w1,w2 growth over 100 epochs", "~200× (differs from §1)", "–"], // 8
  ["§5", "growth of ‖w1‖·‖w2‖ per block", "5e4", "–"], // 9
  ["§1", "‖h_L‖ at init", "~9", "8.9–9.0"], // 10
  ["§1", "‖h_L‖ DFA, 100 epochs", "4e8", "4e8"], // 11
  ["§1", "hidden ‖g‖ at init", "~1e-3", "9.8e-4 (B≈1000)"], // 12
  ["§1", "hidden ‖g‖ DFA, trained", "~1e-10", "4e-9 (B=128)"], // 13
  ["§1", "vanilla DFA epoch 1 ‖g_L‖", "~1e-6", "1.4e-6"], // 14
  ["§1", "vanilla DFA early deep cosine", "−.008±.013", "same (24 values, n=3 seeds)"], // 15
  ["§1", "deep alignment with penalty", "~.16", ".151±.025"], // 16
  ["T1", "BP acc", ".609±.004", ".615±.004"], // 17
  ["T1", "EP acc", ".316±.038", ".316±.037"], // 18
  ["T1", "DFA acc", ".308±.014", ".306±.008"], // 19
  ["T1", "CB acc", ".289±.034", ".289±.031"], // 20
  ["T1", "SB acc", ".205±.039", "same"], // 21
  ["T1", "Γ BP", "≈1.0", "–"], // 22
  ["T1", "Γ EP", ".008", "–"], // 23
  ["T1", "Γ DFA", ".10", "–"], // 24
  ["T1", "Γ CB", ".07", "–"], // 25
  ["T1", "Γ SB", ".005", "–"], // 26
  ["T1", "verdicts ours", "BP, EP trustworthy; DFA, CB, SB walked back", "–"], // 27
  ["T1", "verdicts status quo", "5 trustworthy", "–"], // 28
  ["§3", "growth BP", "1.3 (CNN's)", "≤ 11"], // 29
  ["§3", "growth SB", "2.4 (CNN's)", "1.6e4 (12781/24126/10467)"], // 30
  ["§3", "growth EP", "11.6 (CNN's)", "≤ 11"], // 31
  ["§3", "growth CB", "96 (CNN's)", "1.2e3 (1820/695/1034)"], // 32
  ["§3", "growth DFA", "237 (CNN's)", "1.9e3 (2043/979/2545)"], // 33
  ["§3", "‖g_L‖ BP", "~4e-4", "4e-4"], // 34
  ["§3", "‖g_L‖ EP", "~2e-4", "2e-4"], // 35
  ["§3", "‖g_L‖ DFA, SB, CB", "~1e-9", "DFA 4e-9"], // 36
  ["§3", "growth gap", "63× (11 vs 694)", "11.0 vs 694"], // 37
  ["§3", "gradient gap", "24,338× (1.0e-4 vs 4.2e-9)", "1.02e-4 vs 4.18e-9"], // 38
  ["§3", "gaps survive a threshold sweep of", "one order of magnitude", "(a) 12–693, (b) 4.2e-9–1.0e-4"], // 39
  ["§3", "methods walked back", "3/5 (pair: 0/5)", "–"], // 40
  ["§3", "frozen under DFA, SB, CB", "same .349±.002", "same .349±.003"], // 41
  ["§3", "methods below frozen", "3 of 5 (EP .316 also is: contradiction)", "–"], // 42
  ["§4", "threshold (a)", "50×", "–"], // 43
  ["§4", "threshold (b)", "1e-7", "–"], // 44
  ["§4", "threshold (c)", ".30", "–"], // 45
  ["§4", "threshold (d)", "2 pp", "–"], // 46
  ["§4", "verdicts robust to", "×2 either way", "(d) least robust"], // 47
  ["§4", "(c) SB s42", "fires", ".992"], // 48
  ["§4", "(c) CB s42", "fires", ".352"], // 49
  ["§4", "(c) DFA s42", "silent", ".047"], // 50
  ["§4", "(c) BP s42", "silent", ".099"], // 51
  ["§4", "(c) EP s42", "silent", "−.036"], // 52
  ["§4", "S0 walks back", "0/5", "–"], // 53
  ["§4", "S1 (+Γ) walks back", "0/5", "–"], // 54
  ["§4", "+(a)", "DFA, SB, CB", "–"], // 55
  ["§4", "+(b)", "DFA, SB, CB", "–"], // 56
  ["§4", "+(c)", "SB, CB", "–"], // 57
  ["§4", "+(d)", "DFA, SB, CB (not EP: contradiction)", "–"], // 58
  ["§4", "full", "DFA, SB, CB", "–"], // 59
  ["§4", "(a),(b),(d) each sufficient", "yes", "–"], // 60
  ["§4", "trajectories", "3 archs × 3 seeds × 2 methods = 18", "–"], // 61
  ["§4", "first fire on DFA with terminal LN, epochs", "1–11", "(a) 8/11/8, (b) 4/4/3; ViT (a) 1, (b) 3/2/3"], // 62
  ["§4", "fires on BP", "never", "never"], // 63
  ["§4", "no terminal LN: (a) on DFA", "fires (StudentNet, CNN)", "no-LN ResMLP 18/14/25; true StudentNet growth ≤ 6.9: silent"], // 64
  ["§4", "no terminal LN: (b)", "never", "never"], // 65
  ["§4", "reference implementation size", "~200 lines", "290+201"], // 66
  ["§5", "penalty 1e-2: ‖h_L‖", "4.0±.1e4", "–"], // 67
  ["§5", "penalty 1e-2: ‖g_L‖", "9.0±.9e-7", "–"], // 68
  ["§5", "rescue of ‖h_L‖", "4 orders", "–"], // 69
  ["§5", "rescue of ‖g_L‖", "4 orders (5e-10→1e-6 is 3.3)", "–"], // 70
  ["§5", "pen. DFA acc", ".363±.001 (100 ep)", ".360±.002 (30 ep)"], // 71
  ["§5", "pen. over vanilla", "+5.5 pp", "+5.9 pp"], // 72
  ["§5", "pen. over frozen", "+1.4 pp", "+1.1 pp"], // 73
  ["§5", "pen. deep cosine", ".155±.025", ".151±.025"], // 74
  ["§5.1", "ρ BP gradient, mean of 4 layers", ".9965", ".9965"], // 75
  ["§5.1", "ρ random vector", ".006", ".0056"], // 76
  ["T3", "ρ vanilla epoch 1", "−.003±.005", "−.003±.005 (appendix: +.002)"], // 77
  ["T3", "ρ pen. epoch 30", ".080±.011", ".080±.012"], // 78
  ["§5.1", "ρ pen. / negative control", "~13×", "–"], // 79
  ["§5.1", "ρ pen. / positive control", "~8 %", "–"], // 80
  ["T4", "λ=0 acc, ‖h_L‖, ‖g_L‖", ".308, 4.4e8, 5e-10", "30 ep: .301±.006"], // 81
  ["T4", "λ=1e-4 acc", ".359", "–"], // 82
  ["T4", "λ=1e-4 ‖h_L‖", "2.4e4", "2.2e4 (3 seeds)"], // 83
  ["T4", "λ=1e-4 ‖g_L‖", "6.3e-7", "7.0e-7"], // 84
  ["T4", "λ=1e-4 cos, ρ", "−.022, −.004", "−.020, −.004"], // 85
  ["T4", "λ=1e-2 acc, ‖h_L‖, ‖g_L‖", ".363, 4.0e4, 9.0e-7", ".360±.002"], // 86
  ["T4", "λ=1e-2 cos, ρ (s42)", ".165, .091", ".151±.025, .080±.012"], // 87
  ["T4", "λ=1e-1 acc, ‖h_L‖, ‖g_L‖", ".349, 1.2e4, 1.6e-6", "–"], // 88
  ["T4", "λ=1e-1 cos, ρ", ".131, .067", "–"], // 89
  ["§5.2", "cos is an inverted U in λ", "yes", "–"], // 90
  ["§5.2", "λ=1e-4 passes (a),(b) with cos ≈ 0", "yes", "yes"], // 91
  ["T5", "BP no pen", ".609", ".585±.001 (30 ep)"], // 92
  ["T5", "BP + pen", ".530", ".532±.007"], // 93
  ["T5", "DFA no pen", ".308", ".301±.006"], // 94
  ["T5", "DFA + pen", ".363", ".360±.002"], // 95
  ["T5", "Δ BP", "−8.0 pp", "−5.3 pp"], // 96
  ["T5", "Δ DFA", "+5.5 pp", "+5.9 pp"], // 97
  ["T5", "BP+pen over frozen", "+18.1 pp", "+18.3 pp"], // 98
  ["T5", "BP+pen − DFA+pen", "17 pp", "17.2 pp"], // 99
  ["A.2", "clamp factor at ‖b‖~1e-10", "~100×", "–"], // 100
  ["§5", "clamp factor at 5e-10", "~50× (20×)", "–"], // 101
  ["A.3", "fp16 smallest subnormal", "~6e-8", "5.96e-8"], // 102
  ["A.3", "fp16 gradient lost at", "~5e-10", "–"], // 103
  ["A.4", "Γ training B", "≈.106", "–"], // 104
  ["A.4", "Γ 20 fresh B", "0±.005", "–"], // 105
  ["A.5", "Γ over 4 aggregations", "[−.028, +.074]", "–"], // 106
  ["A.5", "ratio", "3.45× (endpoints give 2.64)", "–"], // 107
  ["A.6", "Γ_0 DFA", "+.43", "+.42"], // 108
  ["A.6", "deep Γ DFA", "≈0", ".006/−.015/−.004/−.004"], // 109
  ["A.6", "ViT: all layers", "≈0", "–"], // 110
  ["A.7", "Γ without auxiliaries", "1.0 (false)", "–"], // 111
  ["App.C", "null, 20 fresh B, penalised", "+.002±.022", "+.0022±.0220; training B +.1627"], // 112
  ["App.C", "24 values within", "[−.04, +.02]", "s42 epochs 1–2 already reach −.055: contradiction"], // 113
  ["App.C", "number of validations", "4 / 5 / 6 in different places", "–"], // 114
];

/** The 114 claims, by their numbers. */
export const published: readonly Published[] = rows.map(([section, claim, v1, v2], i) => ({
  number: i + 1,
  section,
  claim,
  v1,
  v2,
}));
