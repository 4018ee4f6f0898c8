import { render } from 'preact';
import '../kit/kit.css';
import './site.css';
import { Site } from './site.tsx';

render(<Site />, document.body);
