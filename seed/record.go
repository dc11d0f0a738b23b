package seed

import "github.com/policygraph/policygraph/graph"

// The records as files write them. The structs are the format: the reader takes its fields from them, the formatter their order, and
// a test holds docs/seed-format.md to them. Tags of the key "seed":
//
//	required  the field has to be there
//	prose     our own words: the editorial lints read it
//	list      the items of the list stand one below the other, however short
type (
	entityRecord struct {
		Name        string               `yaml:"name" seed:"required"`
		Form        graph.Form           `yaml:"form"`
		Type        string               `yaml:"type"`
		Summary     string               `yaml:"summary" seed:"prose"`
		Identifiers []identifier         `yaml:"identifiers" seed:"list"`
		FormerIDs   []entityID           `yaml:"formerIds"`
		Names       []name               `yaml:"names" seed:"list"`
		Start       *lifeEnd             `yaml:"start"`
		End         *lifeEnd             `yaml:"end"`
		Cite        []citation           `yaml:"cite" seed:"list"`
		Statements  map[string]statement `yaml:"statements"`
	}

	identifier struct {
		Scheme string       `yaml:"scheme" seed:"required"`
		Value  string       `yaml:"value" seed:"required"`
		Period graph.Period `yaml:"period"`
	}

	name struct {
		Text         string          `yaml:"text" seed:"required"`
		Use          graph.NameUse   `yaml:"use" seed:"required"`
		Key          key             `yaml:"key"`
		Period       graph.Period    `yaml:"period"`
		From         graph.Date      `yaml:"from"`
		To           graph.Date      `yaml:"to"`
		Past         bool            `yaml:"past"`
		Certainty    graph.Certainty `yaml:"certainty"`
		AttributedTo entityID        `yaml:"attributedTo"`
		Rank         graph.Rank      `yaml:"rank"`
		Note         string          `yaml:"note" seed:"prose"`
		Cite         []citation      `yaml:"cite" seed:"list"`
	}

	lifeEnd struct {
		Date         graph.Date      `yaml:"date" seed:"required"`
		Certainty    graph.Certainty `yaml:"certainty"`
		AttributedTo entityID        `yaml:"attributedTo"`
		Rank         graph.Rank      `yaml:"rank"`
		Note         string          `yaml:"note" seed:"prose"`
		Basis        []basis         `yaml:"basis"`
		Cite         []citation      `yaml:"cite" seed:"required,list"`
	}

	statement struct {
		Relation     graph.RelationName `yaml:"relation"`
		Object       entityID           `yaml:"object"`
		Property     graph.PropertyName `yaml:"property"`
		Value        *value             `yaml:"value"`
		When         graph.Date         `yaml:"when"`
		Period       graph.Period       `yaml:"period"`
		From         graph.Date         `yaml:"from"`
		To           graph.Date         `yaml:"to"`
		Past         bool               `yaml:"past"`
		Status       graph.Status       `yaml:"status"`
		StatusPeriod graph.Period       `yaml:"statusPeriod"`
		Certainty    graph.Certainty    `yaml:"certainty"`
		AttributedTo entityID           `yaml:"attributedTo"`
		Rank         graph.Rank         `yaml:"rank"`
		Note         string             `yaml:"note" seed:"prose"`
		Qualifiers   qualifiers         `yaml:"qualifiers"`
		Basis        []basis            `yaml:"basis"`
		Cite         []citation         `yaml:"cite" seed:"required,list"`
	}

	value struct {
		Number *float64   `yaml:"number"`
		Unit   string     `yaml:"unit"`
		Date   graph.Date `yaml:"date"`
		Text   string     `yaml:"text" seed:"prose"`
	}

	// qualifiers are by the names of the ontology, whose row says what the value is. In a file a value is bare, but for a number
	// with a unit, which is written as a statement's value is.
	qualifiers map[string]value

	basis struct {
		Legislation entityID `yaml:"legislation" seed:"required"`
		Provision   string   `yaml:"provision"`
	}

	citation struct {
		Source   entityID       `yaml:"source" seed:"required"`
		At       string         `yaml:"at" seed:"required,prose"`
		Line     int            `yaml:"line"`
		Aspects  []graph.Aspect `yaml:"aspects"`
		Role     graph.Role     `yaml:"role"`
		Dataset  string         `yaml:"dataset"`
		Accessed graph.Date     `yaml:"accessed"`
		Note     string         `yaml:"note" seed:"prose"`
	}

	changeEventRecord struct {
		Kind             graph.ChangeKind `yaml:"kind" seed:"required"`
		Name             string           `yaml:"name" seed:"required,prose"`
		When             graph.Date       `yaml:"when"`
		Inputs           []entityID       `yaml:"inputs"`
		Outputs          []entityID       `yaml:"outputs"`
		Pairs            []pair           `yaml:"pairs" seed:"list"`
		Responsibilities []entityID       `yaml:"responsibilities"`
		Status           graph.Status     `yaml:"status"`
		StatusPeriod     graph.Period     `yaml:"statusPeriod"`
		Certainty        graph.Certainty  `yaml:"certainty"`
		Rank             graph.Rank       `yaml:"rank"`
		Note             string           `yaml:"note" seed:"prose"`
		Basis            []basis          `yaml:"basis"`
		Cite             []citation       `yaml:"cite" seed:"required,list"`
	}

	pair struct {
		From entityID `yaml:"from" seed:"required"`
		To   entityID `yaml:"to" seed:"required"`
	}

	conflictRecord struct {
		Kind        graph.ConflictKind `yaml:"kind" seed:"required"`
		Members     []statementID      `yaml:"members" seed:"required,list"`
		Explanation string             `yaml:"explanation" seed:"required,prose"`
		Preferred   statementID        `yaml:"preferred"`
	}

	datasetRecord struct {
		Title       string     `yaml:"title" seed:"required"`
		Description string     `yaml:"description" seed:"required,prose"`
		Publisher   string     `yaml:"publisher" seed:"required"`
		Licence     string     `yaml:"licence" seed:"required"`
		LicenceURL  string     `yaml:"licenceUrl"`
		Attribution string     `yaml:"attribution"`
		URL         string     `yaml:"url"`
		Retrieved   graph.Date `yaml:"retrieved"`
		Version     string     `yaml:"version"`
	}

	// textRecord says which places a text has, of the source whose file has its name. It is for the lints alone.
	textRecord struct {
		Source entityID    `yaml:"source" seed:"required"`
		Places []textPlace `yaml:"places" seed:"required,list"`
	}

	// textPlace is a locator and its lines. A # in it is a number that counts them, from 1, so that each is a place of its own.
	textPlace struct {
		At    string      `yaml:"at" seed:"required,prose"`
		Lines []lineRange `yaml:"lines" seed:"required"`
	}

	// sharedNameRecord says that entities share a name on purpose. It is for the lints alone.
	sharedNameRecord struct {
		Name     string     `yaml:"name" seed:"required"`
		Entities []entityID `yaml:"entities" seed:"required"`
		Reason   string     `yaml:"reason" seed:"required,prose"`
	}
)

type (
	entityID    string
	statementID string
	key         string
	lineRange   struct{ first, last int }
)
