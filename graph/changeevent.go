package graph

// ChangeKind is the sort of a reorganisation.
type ChangeKind string

// The kinds of change.
const (
	ChangeEstablished ChangeKind = "ESTABLISHED"
	ChangeRenamed     ChangeKind = "RENAMED"
	ChangeReplaced    ChangeKind = "REPLACED"
	ChangeMerged      ChangeKind = "MERGED"
	ChangeSplit       ChangeKind = "SPLIT"
	ChangeAbsorbed    ChangeKind = "ABSORBED"
	ChangeAbolished   ChangeKind = "ABOLISHED"
	ChangeTransferred ChangeKind = "FUNCTIONS_TRANSFERRED"
	ChangeReorganised ChangeKind = "REORGANISED"
)

// ChangeKinds lists the kinds in the order in which messages show them.
var ChangeKinds = []ChangeKind{
	ChangeEstablished, ChangeRenamed, ChangeReplaced, ChangeMerged, ChangeSplit, ChangeAbsorbed, ChangeAbolished, ChangeTransferred, ChangeReorganised,
}

// A ChangeEvent is one reorganisation as one record that owns its date, basis and citations, after ChangeEvent of the W3C
// Organization Ontology. The statements that follow from it (see [ChangeRule]) inherit all of them.
type ChangeEvent struct {
	ID               string     `json:"id"`
	Kind             ChangeKind `json:"kind,omitzero"`
	Name             string     `json:"name,omitzero"`              // short, in our own words
	When             Date       `json:"when,omitzero"`              // the first day of the new order; zero: not dated
	Bounds           Bounds     `json:"bounds,omitzero"`            // of the event; [Assemble] makes it
	Inputs           []string   `json:"inputs,omitempty"`           // entity ids of what went in
	Outputs          []string   `json:"outputs,omitempty"`          // entity ids of what came out
	Pairs            []Pair     `json:"pairs,omitempty"`            // which output replaced which input: asserted, never a cross product
	Responsibilities []string   `json:"responsibilities,omitempty"` // entity ids, of FUNCTIONS_TRANSFERRED
	Status           Status     `json:"status,omitzero"`
	StatusPeriod     Period     `json:"statusPeriod,omitzero"` // over which it had that status; zero: not said
	Certainty        Certainty  `json:"certainty,omitzero"`
	Rank             Rank       `json:"rank,omitzero"`
	Note             string     `json:"note,omitzero"`
	Basis            []Basis    `json:"basis,omitempty"`
	Citations        []Citation `json:"citations,omitempty"`
}

// A Pair says that To replaced From.
type Pair struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// ChangeRule is a row of the table that fixes what each kind of change takes, and what follows from it.
type ChangeRule struct {
	Kind                   ChangeKind
	MinInputs, MaxInputs   int
	MinOutputs, MaxOutputs int
	Replaces               bool // its pairs become REPLACED statements; one input or one output stands for all pairs
	StartsOutputs          bool // each output gets START on the day, and each basis ESTABLISHED to it
	EndsInputs             bool // each input gets END on the day before (for a coarser date, on the date itself, which bounds it), and each basis ABOLISHED to it
	Transfers              bool // RESPONSIBLE_FOR of its responsibilities ends with the inputs and starts with the outputs
	Meaning                string
}

// ChangeRules is the table of kinds of change. The numbers in and out follow the closed statuses of GOV.UK's organisations
// (alphagov/whitehall, app/models/organisation.rb).
var ChangeRules = []ChangeRule{
	{ChangeEstablished, 0, 0, 1, Unlimited, false, true, false, false, "Bodies or initiatives came into being."},
	{ChangeRenamed, 1, 1, 1, 1, false, false, false, false, "One body took another name and went on; input and output are the same entity."},
	{ChangeReplaced, 1, 1, 1, 1, true, false, true, false, "One body, or class of bodies, took the place of another."},
	{ChangeMerged, 2, Unlimited, 1, 1, true, true, true, false, "Several bodies became one new body."},
	{ChangeSplit, 1, 1, 2, Unlimited, true, true, true, false, "One body became several new bodies."},
	{ChangeAbsorbed, 1, Unlimited, 1, 1, true, false, true, false, "Bodies became part of one that was there before and went on."},
	{ChangeAbolished, 1, Unlimited, 0, 0, false, false, true, false, "Bodies came to an end without a successor named."},
	{ChangeTransferred, 1, Unlimited, 1, Unlimited, false, false, false, true, "Responsibilities passed from bodies to others; none is replaced or ended by it."},
	{ChangeReorganised, 1, Unlimited, 1, Unlimited, true, false, true, false, "Many bodies gave way to many; the pairs say which to which."},
}

// Rule is the kind's row of [ChangeRules]; ok is false for an unknown kind.
func (k ChangeKind) Rule() (rule ChangeRule, ok bool) {
	for _, r := range ChangeRules {
		if r.Kind == k {
			return r, true
		}
	}
	return ChangeRule{}, false
}

// Unlimited is a number of inputs or outputs that nothing reaches.
const Unlimited = 1 << 30
